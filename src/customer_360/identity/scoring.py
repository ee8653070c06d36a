"""Scores of pairs: the mixture's, unless a rule or a decision settles the pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.compare import compare
from customer_360.identity.layout import BITS, Layout
from customer_360.identity.linkage import FORBIDDEN, REQUIRED
from customer_360.identity.mixture import Floats, Integers, Mixture
from customer_360.parameters.identity import IdentityModel
from customer_360.scratch import Scratch

MATCH_WEIGHT = "match_weight"
DECISION = "decision"
FLOOR = -6.0  # bits: pairs below are forgotten
_Scoring = Callable[[Integers, Integers], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Scorer:
    """Compares and scores pairs of one file.

    Attributes:
        known: features with rarities and ``source_number``, by ``rid``.
        model: the identity model.
        layout: codes of its comparisons.
        mixture: fitted weights.
        decided: ``l, r, same`` BOOLEAN: what people decided of pairs; None if nothing.
        records: number of records.
        scratch: where intermediate tables are written.
    """

    known: DataFrame
    model: IdentityModel
    layout: Layout
    mixture: Mixture
    decided: DataFrame | None
    records: int
    scratch: Scratch

    def compare(self, pairs: DataFrame) -> DataFrame:
        """Adds ``sources, pattern, rule`` to ``l, r``."""
        return compare(pairs, self.known, self.layout, self.model.rules, records=self.records)

    def score(self, compared: DataFrame, *, floor: float) -> DataFrame:
        """Adds ``score`` (bits) and ``method``; leaves out pairs at or below the floor that nothing settles."""

        def scores(patterns: Integers, sources: Integers) -> tuple[Floats, Floats]:
            return self.mixture.scores(patterns, sources), np.ones(len(patterns))

        looked_up = self._look_up(
            compared, scores, None if self.model.rules or self.decided is not None else floor
        )
        settled = self._settle(looked_up)
        return settled.where((F.col("score") > floor) | (F.col("method") != MATCH_WEIGHT)).drop("weight")

    def score_in_cluster(self, pairs: DataFrame) -> DataFrame:
        """Compares and scores pairs inside a component: adds ``score`` and ``weight``."""
        compared = self.scratch.keep(self.compare(pairs), "inside")
        return self._settle(self._look_up(compared, self.mixture.cluster_evidence, None))

    def score_patterns(self, patterns: DataFrame) -> DataFrame:
        """Adds ``score`` to ``sources, pattern`` where it is positive."""

        def scores(patterns: Integers, sources: Integers) -> tuple[Floats, Floats]:
            return self.mixture.scores(patterns, sources), np.ones(len(patterns))

        return self._look_up(patterns, scores, 0.0).drop("weight")

    def forbidden(self, compared: DataFrame) -> DataFrame:
        """Adds ``forbidden`` BOOLEAN: a rule or a decision says that the pair is of two persons."""
        settled = self._settle(compared.withColumns({"score": F.lit(0.0), "weight": F.lit(1.0)}))
        return settled.withColumn("forbidden", F.col("score") == FORBIDDEN).drop("score", "weight", "method")

    def evidence(self) -> Column:
        """``ARRAY<STRUCT<comparison, level, weight>>`` of a pattern; weights are bits against strangers."""
        answers = []
        for number, (comparison, weights) in enumerate(
            zip(self.layout.comparisons, self.mixture.match_weights(), strict=True)
        ):
            code = (
                F.shiftright("pattern", BITS * number)
                .bitwiseAND(F.lit((1 << BITS) - 1).cast("bigint"))
                .cast("int")
            )
            codes = self.layout.codes[number]
            levels = [F.lit("") if c is None else F.lit(comparison.levels[c.level].name) for c in codes]
            answers.append(
                F.when(
                    code > 0,
                    F.struct(
                        F.lit(comparison.name).alias("comparison"),
                        F.element_at(F.array(*levels), code + 1).alias("level"),
                        F.element_at(F.array(*[F.lit(float(w)) for w in weights]), code + 1).alias("weight"),
                    ),
                )
            )
        return F.filter(F.array(*answers), lambda answer: answer.isNotNull())

    def _look_up(self, compared: DataFrame, scoring: _Scoring, floor: float | None) -> DataFrame:
        """Score each kind of pattern once, and join. Kinds are few; they do not grow with the pairs."""
        kinds = compared.select("sources", "pattern").distinct().collect()
        table = np.array([(row[0], row[1]) for row in kinds], dtype=np.int64).reshape(-1, 2)
        scores, weights = scoring(table[:, 1], table[:, 0]) if len(table) else (np.zeros(0), np.zeros(0))
        kept = np.ones(len(table), dtype=bool) if floor is None else scores > floor
        import pandas as pd

        lookup = pd.DataFrame(
            {
                "sources": table[kept, 0].astype("int32"),
                "pattern": table[kept, 1],
                "score": scores[kept].astype(float),
                "weight": weights[kept].astype(float),
            }
        )
        frame = compared.sparkSession.createDataFrame(
            lookup, "sources INT, pattern BIGINT, score DOUBLE, weight DOUBLE"
        )
        return frame.join(compared, ["sources", "pattern"])

    def _settle(self, scored: DataFrame) -> DataFrame:
        """Decisions of people go before rules, and rules before estimates; both weigh more than any estimate."""
        method, score = F.lit(MATCH_WEIGHT), F.col("score")
        for number, rule in enumerate(self.model.rules):
            holds = F.col("rule") == number
            method = F.when(holds, F.lit(rule.name)).otherwise(method)
            score = F.when(holds, F.lit(REQUIRED if rule.action == "link" else FORBIDDEN)).otherwise(score)
        if self.decided is not None:
            scored = self.decided.select("l", "r", "same").join(scored, ["l", "r"], "right")
            said = F.col("same").isNotNull()
            method = F.when(said, F.lit(DECISION)).otherwise(method)
            score = F.when(
                said, F.when(F.col("same"), F.lit(REQUIRED)).otherwise(F.lit(FORBIDDEN))
            ).otherwise(score)
        settled = scored.withColumns({"method": method, "score": score})
        settled = settled.withColumn(
            "weight", F.when(F.col("method") != MATCH_WEIGHT, 1.0).otherwise(F.col("weight"))
        )
        return settled.drop("same") if self.decided is not None else settled
