"""Scores of pairs: the mixture's, unless a rule or a decision overrides it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StructField, StructType

from customer_360.engine import Scratch
from customer_360.identity.compare import Layout, code_in_pattern, compare_pairs
from customer_360.identity.score.mixture import Mixture
from customer_360.parameters import IdentityModel

MATCH_WEIGHT = "match_weight"
DECISION = "decision"
FORBIDDEN = -1e9  # bits of a pair that must not be of one person: no sum comes back from it
REQUIRED = 1e5  # bits of a pair that must be
FLOOR = -6.0  # bits: pairs below are forgotten


@dataclass(frozen=True)
class Scorer:
    """Compares and scores pairs of one file.

    Attributes:
        known: features with term frequencies and ``source_number``, by ``rid``.
        model: the identity model.
        layout: codes of its comparisons.
        mixture: fitted weights.
        decided: ``l, r, same`` BOOLEAN: what people decided of pairs; None if nothing.
        scratch: where intermediate tables are written.
    """

    known: DataFrame
    model: IdentityModel
    layout: Layout
    mixture: Mixture
    decided: DataFrame | None
    scratch: Scratch

    def compare(self, pairs: DataFrame) -> DataFrame:
        """Adds ``sources, pattern, rule`` to ``l, r``; for fewer pairs than there are records."""
        return compare_pairs(pairs, self.known, self.layout, self.model.rules, few=True)

    def score(self, compared: DataFrame, *, floor: float) -> DataFrame:
        """Adds ``score`` (bits) and ``method``; leaves out pairs at or below the floor that nothing overrides."""
        looked_up = self._look_up(compared, None if self.model.rules or self.decided is not None else floor)
        return self._with_overrides(looked_up).where(
            (F.col("score") > floor) | (F.col("method") != MATCH_WEIGHT)
        )

    def compare_in_cluster(self, pairs: DataFrame) -> DataFrame:
        """Adds ``sources, pattern`` and ``override``: the bits that rules and decisions add, or 0."""
        return self._overrides(self.compare(pairs))

    def score_patterns(self, patterns: DataFrame) -> DataFrame:
        """Adds ``score`` to ``sources, pattern``; for few of them: each is scored where it is."""
        schema = StructType([*patterns.schema.fields, StructField("score", DoubleType())])
        return patterns.mapInArrow(partial(_score_batches, mixture=self.mixture), schema)

    def forbidden(self, compared: DataFrame) -> DataFrame:
        """Adds ``forbidden`` BOOLEAN: a rule or a decision says that the pair is of two persons."""
        return (
            self._overrides(compared).withColumn("forbidden", F.col("override") == FORBIDDEN).drop("override")
        )

    def _overrides(self, compared: DataFrame) -> DataFrame:
        """Adds ``override``: the bits of rules and decisions alone."""
        overridden = self._with_overrides(compared.withColumn("score", F.lit(0.0)))
        return overridden.withColumnRenamed("score", "override").drop("method")

    def evidence(self) -> Column:
        """``ARRAY<STRUCT<comparison, level, weight>>`` of a pattern; weights are bits against non-matches."""
        answers = []
        for number, (comparison, weights) in enumerate(
            zip(self.layout.comparisons, self.mixture.match_weights(), strict=True)
        ):
            code = code_in_pattern(number)
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

    def _look_up(self, compared: DataFrame, floor: float | None) -> DataFrame:
        """Score each kind of pattern once, and join. Kinds are few; they do not grow with the pairs."""
        kinds = compared.select("sources", "pattern").distinct().collect()
        table = np.array([(row[0], row[1]) for row in kinds], dtype=np.int64).reshape(-1, 2)
        scores = self.mixture.scores(table[:, 1], table[:, 0])
        kept = np.ones(len(table), dtype=bool) if floor is None else scores > floor
        import pandas as pd

        lookup = pd.DataFrame(
            {
                "sources": table[kept, 0].astype("int32"),
                "pattern": table[kept, 1],
                "score": scores[kept].astype(float),
            }
        )
        frame = compared.sparkSession.createDataFrame(lookup, "sources INT, pattern BIGINT, score DOUBLE")
        return frame.join(compared, ["sources", "pattern"])

    def _with_overrides(self, scored: DataFrame) -> DataFrame:
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
        overridden = scored.withColumns({"method": method, "score": score})
        return overridden.drop("same") if self.decided is not None else overridden


def _score_batches(batches: Iterable[object], *, mixture: Mixture) -> Iterator[object]:
    """For ``mapInArrow``: adds ``score`` to batches with ``sources`` and ``pattern``."""
    import pyarrow as pa

    for batch in batches:
        sources, patterns = (
            batch.column(name).to_numpy(zero_copy_only=False).astype(np.int64)  # type: ignore[attr-defined]
            for name in ("sources", "pattern")
        )
        scores = pa.array(mixture.scores(patterns, sources), pa.float64())
        yield pa.RecordBatch.from_arrays(
            [*batch.columns, scores],  # type: ignore[attr-defined]
            names=[*batch.schema.names, "score"],  # type: ignore[attr-defined]
        )
