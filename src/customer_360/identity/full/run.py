"""The steps of a full run: every record of a file is resolved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import union
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
from customer_360.identity.compare import SourceNumbers, compare_pairs, layout_of
from customer_360.identity.prepare import count_records, features, with_frequencies, with_known_frequencies
from customer_360.identity.score import (
    FLOOR,
    Mixture,
    ModelSnapshot,
    PatternCounts,
    Scorer,
    TrainedModel,
    fit,
)
from customer_360.identity.steps import (
    Candidates,
    Comparisons,
    Prepared,
    Scores,
    StepTables,
    Work,
    Workplace,
    kept_table,
)

_RANDOM_PER_RECORD = 100  # random pairs that a small file is looked at with
_SMALL = 1000


def prepare_all(records: DataFrame, place: Workplace, work: Work, folder: str) -> Prepared:
    """Bring all records into the form in which they are compared, and count how common their values are.

    Args:
        records: ``source, key``, the model's attributes, and ``fingerprint`` where the run is remembered.
        place: where and how.
        work: what is to be done; ``everything`` takes the frequencies that the model was trained with.
        folder: of the tables that the next resolution needs.
    """
    model, carried = place.model, ["fingerprint"] if place.is_remembered else []
    found = place.scratch.keep(features(records, model, keep=carried), "features")
    counted = count_records(found, model)
    counts = counted.sources
    if work.kind == "everything":
        view = place.view()
        snapshot = view.state.snapshot
        numbers, frequencies = snapshot.numbers(), snapshot.frequencies
        rare = with_known_frequencies(found, model, view.frequencies())
    else:
        numbers = SourceNumbers(counts)
        tables = place.memory.tables(folder) if place.is_remembered else place.scratch
        rare, frequencies = with_frequencies(
            found, model, counted.known, scratch=place.scratch, tables=tables
        )
    written = StepTables(place, folder)
    written.keep(rare.withColumn("source_number", numbers.number_of()), "records")
    return Prepared(
        schemas=written.schemas,
        root=place.memory.root,
        former=place.memory.state,
        work=work.model_copy(update={"records": sum(counts.values())}),
        folder=folder,
        sources=counts,
        frequencies=frequencies,
    )


def block_all(place: Workplace, prepared: Prepared) -> Candidates:
    """Find the pairs that are worth comparing, by the rules that fit the budget."""
    known, layout = kept_table(place, prepared.folder, prepared, "records"), layout_of(place.model)
    blocking, total = place.model.blocking, prepared.work.records
    if prepared.work.kind == "everything":
        rules, records = place.view().state.snapshot.rules, place.view().state.snapshot.numbers().records
    else:
        rules, records = tuple(choose_keys(known, blocking, total, layout)), total
    tables = place.memory.tables(prepared.folder) if place.is_remembered else None
    pairs = candidate_pairs(
        known, blocking, rules, layout=layout, records=records, scratch=place.scratch, tables=tables
    )
    steps = StepTables(place, prepared.steps_folder)
    if prepared.is_decided:
        decisions = kept_table(place, prepared.steps_folder, prepared, "decisions")
        pairs = with_decided(pairs, steps.keep(pairs_of_decided(decisions, known), "decided"))
    steps.keep(pairs, "candidates")
    return Candidates(schemas=steps.schemas, rules=rules)


def compare_all(place: Workplace, prepared: Prepared, blocked: Candidates) -> Comparisons:
    """Compare all candidates."""
    known = kept_table(place, prepared.folder, prepared, "records")
    candidates = kept_table(place, prepared.steps_folder, blocked, "candidates")
    tables = StepTables(place, prepared.steps_folder)
    tables.keep(compare_pairs(candidates, known, layout_of(place.model), place.model.rules), "compared")
    return Comparisons(schemas=tables.schemas)


def train_on_all(
    place: Workplace,
    prepared: Prepared,
    blocked: Candidates,
    compared: Comparisons,
    trained: TrainedModel | None,
) -> ModelSnapshot:
    """Fit the mixture to what the comparisons answered, unless there are probabilities to be used again.

    Args:
        place: where and how.
        prepared: the records.
        blocked: the rules, which belong to the model.
        compared: what the comparisons answered.
        trained: probabilities to be used instead of new ones.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
    """
    layout, numbers = layout_of(place.model), SourceNumbers(prepared.sources)
    if trained is None:
        mixture = _fitted(place, prepared, compared, numbers)
    else:
        mixture = trained.mixture(layout, numbers.pair_names, numbers.all_pairs, numbers.records)
    return ModelSnapshot(
        trained=TrainedModel.of(mixture, layout, numbers.pair_names, numbers.all_pairs, numbers.records),
        sources=prepared.sources,
        rules=blocked.rules,
        frequencies=prepared.frequencies,
        everybody=everybody(place.model.blocking, numbers.records),
        fitted_matches=mixture.matches,
    )


def score_all(
    place: Workplace, prepared: Prepared, blocked: Candidates, compared: Comparisons, snapshot: ModelSnapshot
) -> Scores:
    """Score all compared pairs, and forget those far below any link."""
    found = kept_table(place, prepared.steps_folder, compared, "compared")
    tables = StepTables(place, prepared.steps_folder)
    tables.keep(scorer_of(place, prepared, blocked, snapshot).score(found, floor=FLOOR), "scored")
    return Scores(schemas=tables.schemas)


def cluster_all(
    place: Workplace, prepared: Prepared, blocked: Candidates, scored: Scores, snapshot: ModelSnapshot
) -> tuple[DataFrame, DataFrame]:
    """Group all records: scored pairs, and ``rid, cluster, ambiguous`` of every record."""
    pairs = kept_table(place, prepared.steps_folder, scored, "scored")
    return pairs, group_records(pairs, scorer_of(place, prepared, blocked, snapshot))


def scorer_of(place: Workplace, prepared: Prepared, blocked: Candidates, snapshot: ModelSnapshot) -> Scorer:
    """Scores pairs of the file."""
    layout = layout_of(place.model)
    decided = kept_table(place, prepared.steps_folder, blocked, "decided") if prepared.is_decided else None
    known = kept_table(place, prepared.folder, prepared, "records")
    return Scorer(known, place.model, layout, snapshot.mixture(layout), decided, place.scratch)


def _fitted(place: Workplace, prepared: Prepared, compared: Comparisons, numbers: SourceNumbers) -> Mixture:
    total, model, layout = numbers.records, place.model, layout_of(place.model)
    known = kept_table(place, prepared.folder, prepared, "records")
    wanted = min(model.training.random_pairs, _RANDOM_PER_RECORD * max(total, _SMALL))
    sample = place.scratch.keep(random_sample(known, wanted, total), "sample")
    non_matches = compare_pairs(random_pairs(sample), sample, layout)
    compared_all = kept_table(place, prepared.steps_folder, compared, "compared")
    counts, chance = _counted(compared_all, non_matches)
    return fit(
        counts, chance, layout=layout, frequencies=prepared.frequencies, all_pairs=numbers.all_pairs,
        records=total, training=model.training,
    )  # fmt: skip


def _counted(*compared: DataFrame) -> list[PatternCounts]:
    """Counts of patterns of each frame: their number depends on the model, not on the number of pairs."""
    names = ("sources", "pattern", "training_mask")
    each = [frame.select(F.lit(number).alias("of"), *names) for number, frame in enumerate(compared)]
    rows = union(each).groupBy("of", *names).agg(F.count("*").alias("n")).collect()
    return [_pattern_counts([row[1:] for row in rows if row["of"] == number]) for number in range(len(each))]


def _pattern_counts(rows: Sequence[tuple[int, ...]]) -> PatternCounts:
    # in order, so that sums over them come out the same to the last bit in every run and on every engine
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 4)
    return PatternCounts(table[:, 1], table[:, 2], table[:, 0], table[:, 3].astype(float))
