"""Resolves all records of a file, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.blocking import (
    candidate_pairs,
    choose_keys,
    everybody,
    pairs_of_decided,
    random_pairs,
    random_sample,
    with_decided,
)
from customer_360.identity.cluster import group_records
from customer_360.identity.compare import Layout, SourceNumbers, compare_pairs, layout_of
from customer_360.identity.full.describe import (
    clusters_of,
    level_weights,
    named_pairs,
    named_records,
    pairs_of,
)
from customer_360.identity.full.resolution import Resolution
from customer_360.identity.prepare import (
    Frequencies,
    features,
    with_known_rarities,
    with_rarities,
)
from customer_360.identity.score import (
    FLOOR,
    Mixture,
    ModelSnapshot,
    PatternCounts,
    Scorer,
    TrainedModel,
    fit,
)
from customer_360.parameters import IdentityModel

_RANDOM_PER_RECORD = 100  # random pairs that a small file is looked at with
_SMALL = 1000


@dataclass(frozen=True)
class Frozen:
    """A trained model, with the frequency tables that it was trained with (``value, n`` by rarity)."""

    frame: ModelSnapshot
    tables: Mapping[str, DataFrame]


@dataclass(frozen=True)
class Whole:
    """A file, resolved.

    Attributes:
        frame: the model, and all that it takes from the file as a whole.
        scorer: scores pairs of the file.
        scored: scored pairs.
        clusters: ``rid, cluster, ambiguous``.
        records: number of records.
    """

    frame: ModelSnapshot
    scorer: Scorer
    scored: DataFrame
    clusters: DataFrame
    records: int

    def named_records(self) -> DataFrame:
        """As :func:`.describe.named_records` returns it."""
        return named_records(self.clusters, self.scored, self.scorer.known)

    def named_pairs(self) -> DataFrame:
        """As :func:`.describe.named_pairs` returns it."""
        return named_pairs(self.clusters, self.scored, self.scorer.known)

    def resolution(self) -> Resolution:
        """What was found, of tables that nobody keeps."""
        return resolution_of(
            self.frame, self.scorer, self.named_records(), self.named_pairs(), records=self.records
        )


def resolution_of(
    frame: ModelSnapshot, scorer: Scorer, named: DataFrame, pairs: DataFrame, *, records: int
) -> Resolution:
    """Put a resolution together.

    Args:
        frame: the model.
        scorer: knows the evidence behind patterns.
        named: as :func:`.describe.named_records` returns it.
        pairs: as :func:`.describe.named_pairs` returns it.
        records: number of records.
    """
    return Resolution(
        clusters=clusters_of(named),
        pairs=pairs_of(pairs, scorer),
        trained=frame.trained,
        rules=frame.rules,
        frequencies=frame.frequencies,
        records=records,
        matches=scorer.mixture.matches,
        weights=level_weights(scorer.layout, scorer.mixture),
    )


def resolve_whole(
    records: DataFrame,
    model: IdentityModel,
    scratch: Scratch,
    *,
    trained: TrainedModel | None = None,
    decisions: DataFrame | None = None,
    tables: Scratch | None = None,
    frozen: Frozen | None = None,
) -> Whole:
    """Resolve all records.

    Args:
        records: as for :func:`.resolve.resolve`; with a column ``fingerprint`` if ``tables`` is given.
        model: the identity model.
        scratch: where intermediate tables are written.
        trained: probabilities to be used instead of new ones.
        decisions: as for :func:`.resolve.resolve`.
        tables: where ``records``, ``keys`` and, when a model is trained, the frequencies are kept.
        frozen: a trained model with all that it took from the file then; ``trained`` is not read.
    """
    kept = tables or scratch
    found = scratch.keep(features(records, model, keep=["fingerprint"] if tables else []), "features")
    counted = found.groupBy("source").agg(F.count("*").alias("n")).collect()
    counts = {row["source"]: row["n"] for row in counted}
    total = sum(counts.values())
    if frozen is None:
        numbers = SourceNumbers(counts)
        rare, frequencies = with_rarities(found, model, total, kept)
    else:
        numbers, frequencies = frozen.frame.numbers(), frozen.frame.frequencies
        sizes = {name: item.known for name, item in frequencies.items()}
        rare = with_known_rarities(found, model, frozen.tables, sizes)
    known = kept.keep(rare.withColumn("source_number", numbers.number_of()), "records")
    layout = layout_of(model)
    costs = choose_keys(known, model.blocking, total, layout) if frozen is None else frozen.frame.rules
    decided = None if decisions is None else pairs_of_decided(decisions, known)
    pairs = candidate_pairs(
        known, model.blocking, costs, layout=layout, records=numbers.records, scratch=scratch, tables=tables
    )
    if decided is not None:
        pairs = with_decided(pairs, decided)
    compared = scratch.keep(
        compare_pairs(scratch.keep(pairs, "pairs"), known, layout, model.rules), "compared"
    )
    if frozen is not None:
        frame, mixture = frozen.frame, frozen.frame.mixture(layout)
    else:
        mixture = (
            _fitted(
                compared,
                known,
                layout=layout,
                frequencies=frequencies,
                numbers=numbers,
                model=model,
                scratch=scratch,
            )
            if trained is None
            else trained.mixture(layout, numbers.pair_names, numbers.all_pairs, total)
        )
        frame = ModelSnapshot(
            trained=TrainedModel.of(mixture, layout, numbers.pair_names, numbers.all_pairs, total),
            sources=counts,
            rules=tuple(costs),
            frequencies=frequencies,
            everybody=everybody(model.blocking, total),
        )
        if tables is not None:  # scored as it will be scored again
            mixture = frame.mixture(layout)
    scorer = Scorer(known, model, layout, mixture, decided, scratch)
    scored = scratch.keep(scorer.score(compared, floor=FLOOR), "scored")
    return Whole(frame, scorer, scored, scratch.keep(group_records(scored, scorer), "clustered"), total)


def _fitted(
    compared: DataFrame,
    known: DataFrame,
    *,
    layout: Layout,
    frequencies: Mapping[str, Frequencies],
    numbers: SourceNumbers,
    model: IdentityModel,
    scratch: Scratch,
) -> Mixture:
    total = numbers.records
    wanted = min(model.training.random_pairs, _RANDOM_PER_RECORD * max(total, _SMALL))
    sample = scratch.keep(random_sample(known, wanted, total), "sample")
    strangers = compare_pairs(random_pairs(sample), sample, layout)
    return fit(
        _counted(compared), _counted(strangers), layout=layout, frequencies=frequencies,
        all_pairs=numbers.all_pairs, records=total, training=model.training,
    )  # fmt: skip


def _counted(compared: DataFrame) -> PatternCounts:
    """Counts of patterns: their number depends on the model, not on the number of pairs."""
    rows = compared.groupBy("sources", "pattern", "free").agg(F.count("*").alias("n")).collect()
    # in order, so that sums over them come out the same to the last bit in every run and on every engine
    table = np.array(sorted((row[0], row[1], row[2], row[3]) for row in rows), dtype=np.int64).reshape(-1, 4)
    return PatternCounts(table[:, 1], table[:, 2], table[:, 0], table[:, 3].astype(float))
