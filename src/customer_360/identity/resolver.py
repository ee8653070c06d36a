"""Who is who: records of persons in, links with their evidence and a cluster for every record out.

The way through the rooms, step by step. Each step takes what those before it handed on and can be repeated: a full
run and a run that resolves only what changed take the same steps. What a step kept for itself is given up at its end.
"""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity import full, incremental
from customer_360.identity.blocking import pairs_of_decided
from customer_360.identity.compare import layout_of
from customer_360.identity.full import Resolution, resolution_of
from customer_360.identity.score import ModelSnapshot, Scorer, TrainedModel
from customer_360.identity.state import Memory, View, new_state_folder
from customer_360.identity.steps import (
    Candidates,
    Comparisons,
    Persons,
    Prepared,
    Scores,
    StepTables,
    Work,
    Workplace,
    kept_table,
    steps_folder,
)
from customer_360.parameters import IdentityModel

_KINDS = ("new", "changed", "gone")
_NOT_KEPT = Work(kind="train", why="no state of an earlier run is kept")


def resolve(
    records: DataFrame,
    model: IdentityModel,
    scratch: Scratch,
    *,
    trained: TrainedModel | None = None,
    decisions: DataFrame | None = None,
    memory: Memory | None = None,
) -> Resolution:
    """Find out which records are of one person.

    Args:
        records: ``source, key`` (unique together) and any attributes of the model.
        model: how to compare, block, score and cluster.
        scratch: where intermediate tables may be written; remove it when the result has been used.
        trained: use these probabilities instead of estimating them.
        decisions: ``left_source, left_key, right_source, right_key, same`` BOOLEAN: what people decided.
        memory: where tables may be kept for the next resolution, and the state that the last one left there. Only
            what has changed since is resolved, unless so much has, or is configured otherwise, that everything
            must be (``Resolution.work`` says which, and why); ``Resolution.state`` is for the next one.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
    """
    place = _workplace(records, model, scratch, memory)
    prepared = prepare_step(records, place, decisions)
    blocked = block_step(place, prepared)
    compared = compare_step(place, prepared, blocked)
    snapshot = train_step(place, prepared, blocked, compared, trained)
    scored = score_step(place, prepared, blocked, compared, snapshot)
    clustered = cluster_step(place, prepared, blocked, scored, snapshot)
    if place.is_remembered:
        return remembered_resolution(place, clustered)
    scorer = full.scorer_of(place, prepared, blocked, snapshot)
    pairs = kept_table(place, prepared.steps_folder, scored, "scored")
    grouped = kept_table(place, prepared.steps_folder, clustered, "clustered")
    named_pairs = scratch.keep(full.named_pairs(grouped, pairs, scorer.known), "named_pairs")
    named = full.named_records(grouped, named_pairs, scorer.known)
    found = resolution_of(snapshot, scorer, named, named_pairs, work=clustered.work)
    return replace(found, matches=snapshot.fitted_matches)


def _workplace(
    records: DataFrame, model: IdentityModel, scratch: Scratch, memory: Memory | None
) -> Workplace:
    return Workplace(
        spark=records.sparkSession,
        model=model,
        memory=Memory(f"{scratch.place}/steps") if memory is None else memory,
        scratch=scratch,
        is_remembered=memory is not None,
    )


def prepare_step(records: DataFrame, place: Workplace, decisions: DataFrame | None) -> Prepared:
    """Find out how much there is to do, and bring the records into the form in which they are compared.

    Args:
        records: as for :func:`resolve`.
        place: where and how.
        decisions: as for :func:`resolve`.
    """
    folder = new_state_folder()
    tables = StepTables(place, steps_folder(folder))
    kept = None if decisions is None else tables.keep(decisions, "decisions")
    with place.scratch:
        prepared = _prepared(records, place, kept, folder, tables)
    return prepared.model_copy(update={"schemas": prepared.schemas | tables.schemas})


def _prepared(
    records: DataFrame, place: Workplace, decisions: DataFrame | None, folder: str, tables: StepTables
) -> Prepared:
    state, model = place.memory.state, place.model
    if not place.is_remembered:
        return full.prepare_all(records, place, _NOT_KEPT, folder)
    marked = incremental.with_fingerprint(records, model)
    if not model.incremental.enabled:
        return full.prepare_all(marked, place, _NOT_KEPT, folder)
    now = incremental.digests(model, state)
    before = incremental.before_looking(state, now, retrain=model.incremental.retrain, lost=place.memory.lost)
    if before is None and place.memory.again:
        before = Work(kind="everything", why=place.memory.again)
    if before is not None:
        return full.prepare_all(marked, place, before, folder)
    different = tables.keep(incremental.differences(marked, place.view().records()), "different")
    work = _work_of(different, place)
    if work.is_full:
        return full.prepare_all(marked, place, work, folder)
    if not work.changed and _same_decisions(place, decisions):
        idle = Work(kind="nothing", why=work.why, records=work.records)
        return Prepared(root=place.memory.root, former=state, work=idle, folder=folder)
    return incremental.prepare_changes(different, place, work, folder)


def block_step(place: Workplace, prepared: Prepared) -> Candidates:
    """Find the pairs that are worth comparing."""
    with place.scratch:
        match prepared.work.kind:
            case "nothing":
                return Candidates()
            case "changes":
                return incremental.block_changes(place, prepared)
            case _:
                return full.block_all(place, prepared)


def compare_step(place: Workplace, prepared: Prepared, blocked: Candidates) -> Comparisons:
    """Compare these pairs, attribute by attribute."""
    with place.scratch:
        match prepared.work.kind:
            case "nothing":
                return Comparisons()
            case "changes":
                return incremental.compare_changes(place, prepared, blocked)
            case _:
                return full.compare_all(place, prepared, blocked)


def train_step(
    place: Workplace,
    prepared: Prepared,
    blocked: Candidates,
    compared: Comparisons,
    trained: TrainedModel | None,
) -> ModelSnapshot:
    """Estimate what the answers weigh, or take the model that was there.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
    """
    with place.scratch:
        if prepared.work.kind == "train":
            return full.train_on_all(place, prepared, blocked, compared, trained)
        return place.view().state.snapshot


def score_step(
    place: Workplace, prepared: Prepared, blocked: Candidates, compared: Comparisons, snapshot: ModelSnapshot
) -> Scores:
    """Score what was compared."""
    with place.scratch:
        match prepared.work.kind:
            case "nothing":
                return Scores()
            case "changes":
                return incremental.score_changes(place, prepared, blocked, compared)
            case _:
                return full.score_all(place, prepared, blocked, compared, snapshot)


def cluster_step(
    place: Workplace, prepared: Prepared, blocked: Candidates, scored: Scores, snapshot: ModelSnapshot
) -> Persons:
    """Group records to persons, and write what the next resolution needs."""
    with place.scratch:
        work = prepared.work
        if work.kind == "nothing":
            return Persons(work=work, state=place.memory.state)
        if work.kind == "changes":
            region = incremental.cluster_changes(place, prepared, blocked, scored)
            state, work = incremental.keep_changes(place, prepared, region)
            return Persons(work=work, state=state)
        pairs, grouped = full.cluster_all(place, prepared, blocked, scored, snapshot)
        work = work.model_copy(update={"resolved": work.records})
        if not place.is_remembered:
            tables = StepTables(place, prepared.steps_folder)
            tables.keep(grouped, "clustered")
            return Persons(work=work, schemas=tables.schemas)
        grouped = place.scratch.keep(grouped, "clustered")
        decided = (
            kept_table(place, prepared.steps_folder, blocked, "decided") if prepared.is_decided else None
        )
        state = incremental.keep_everything(
            place, prepared, snapshot, scored=pairs, clustered=grouped, decided=decided
        )
        return Persons(work=work, state=state)


def remembered_resolution(place: Workplace, clustered: Persons) -> Resolution:
    """What was found, in words of its readers, from the tables that the next resolution goes on from."""
    state = clustered.state
    assert state is not None
    view, layout = View(place.spark, place.memory, state), layout_of(place.model)
    scorer = Scorer(view.records(), place.model, layout, state.snapshot.mixture(layout), None, place.scratch)
    return resolution_of(
        state.snapshot, scorer, view.clusters(), view.pairs(), work=clustered.work, state=state
    )


def _work_of(different: DataFrame, place: Workplace) -> Work:
    """Changes, or everything if there are so many."""
    state = place.view().state
    counted = different.groupBy("kind", "source").agg(F.count("*").alias("n")).collect()
    of_kind = {kind: sum(row["n"] for row in counted if row["kind"] == kind) for kind in _KINDS}
    changed, records = sum(of_kind.values()), state.records + of_kind["new"] - of_kind["gone"]
    sources = {row["source"] for row in counted if row["source"] is not None} - set(state.snapshot.sources)
    work = incremental.by_changes(
        state, changed=changed, records=records, new_sources=sources, model=place.model
    )
    if work is not None:
        return work.model_copy(update={"changed": changed})
    why = ", ".join(f"{n:,} {kind}" for kind, n in of_kind.items() if n) or "no record has changed"
    return Work(kind="changes", why=why, records=records, changed=changed)


def _same_decisions(place: Workplace, decisions: DataFrame | None) -> bool:
    view = place.view()
    if decisions is None:
        return view.decided().isEmpty()
    decided = pairs_of_decided(decisions, view.clusters())
    return incremental.touched_by_decisions(decided, view.decided()).isEmpty()
