"""Nodes that find out who is who, one for each step of a resolution: from silver records to clusters and links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360 import identity as resolution
from customer_360.engine import DerivedTables, Plan, RunState, Scratch, TableUpdate, spark_session
from customer_360.identity import (
    Candidates,
    Comparisons,
    Memory,
    ModelSnapshot,
    Persons,
    Prepared,
    Resolution,
    Scores,
    State,
    Workplace,
)
from customer_360.linking import (
    RESOLVED_METHOD,
    decided_persons,
    linked_to_persons,
    person_records,
)
from customer_360.parameters import IdentityModel, LinkingParameters, ReviewParameters
from customer_360.pipelines.updates import update_of, update_of_small
from customer_360.schemas import IDENTITY_LINKS
from customer_360.sources import Source
from customer_360.stewardship import as_pairs, joined_by

from .nodes import SILVER, _nullable, by_source
from .plans import CLUSTERS, REVIEW, UNLINKED, plan_of_links
from .registry_nodes import plan_of_crosswalk, plan_of_events
from .review_nodes import plan_of_review

LINKS, MODEL, REPORT = "gold/identity_links", "gold/identity_model", "gold/identity_report"
# What linking writes, by the nodes' names for it.
_TABLES = {"clusters": CLUSTERS, "unlinked": UNLINKED, "links": LINKS, "model": MODEL, "report": REPORT}
_RECORD = ("source", "source_key")


def prepare_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    reviewing: ReviewParameters,
    *,
    scratch: Scratch,
    models: DataFrame,
    former: RunState,
    decision_rows: DataFrame,
    show_values: bool,
    tables: DerivedTables,
    sources: Sequence[Source],
    **silver: DataFrame,
) -> Prepared:
    """Find out how much there is to resolve, and bring those records into the form in which they are compared.

    The value names its tables, as those of all steps do; they are beside the kept state of identity.
    """
    memory = _memory(former, models) if identity.incremental.enabled else Memory(former.root)
    plans = _plans(tables, linking, identity, reviewing, sources, show_values=show_values)
    if memory.state is not None and _is_current(plans, tables, identity):
        return resolution.nothing_to_prepare(memory)
    if tables.rebuild:
        memory = replace(memory, again="rebuild=true")
    place = Workplace(decision_rows.sparkSession, identity, memory, scratch)
    records = by_source(silver, SILVER)
    decided = decided_persons(as_pairs(decision_rows), records, linking)
    return resolution.prepare_step(person_records(records, linking), place, decided)


def block_records(identity: IdentityModel, scratch: Scratch, records: Prepared) -> Candidates:
    """Find the pairs of records that are worth comparing."""
    return resolution.block_step(_place(identity, scratch, records), records)


def compare_candidates(
    identity: IdentityModel, scratch: Scratch, records: Prepared, candidates: Candidates
) -> Comparisons:
    """Compare these pairs, attribute by attribute."""
    return resolution.compare_step(_place(identity, scratch, records), records, candidates)


def train_model(
    identity: IdentityModel,
    *,
    scratch: Scratch,
    models: DataFrame,
    records: Prepared,
    candidates: Candidates,
    comparisons: Comparisons,
) -> ModelSnapshot:
    """Estimate what the answers of the comparisons weigh, or take the model that was there.

    Raises:
        TrainedModelError: the model to be used again belongs to other comparisons.
    """
    trained = resolution.latest_model(models) if identity.training.reuse else None
    place = _place(identity, scratch, records)
    return resolution.train_step(place, records, candidates, comparisons, trained)


def score_candidates(
    identity: IdentityModel,
    *,
    scratch: Scratch,
    records: Prepared,
    candidates: Candidates,
    comparisons: Comparisons,
    snapshot: ModelSnapshot,
) -> Scores:
    """Score the compared pairs."""
    place = _place(identity, scratch, records)
    return resolution.score_step(place, records, candidates, comparisons, snapshot)


def cluster_records(
    identity: IdentityModel,
    *,
    scratch: Scratch,
    records: Prepared,
    candidates: Candidates,
    scores: Scores,
    snapshot: ModelSnapshot,
) -> Persons:
    """Group records to persons, and write what the next run needs in order to resolve only what changes."""
    place = _place(identity, scratch, records)
    return resolution.cluster_step(place, records, candidates, scores, snapshot)


def link_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    reviewing: ReviewParameters,
    *,
    scratch: Scratch,
    models: DataFrame,
    former: RunState,
    persons: Persons,
    run_id: str,
    run_time: datetime,
    show_values: bool,
    tables: DerivedTables,
    sources: Sequence[Source],
    clusters: DataFrame,
    unlinked: DataFrame,
    links: DataFrame,
    report: DataFrame,
    **silver: DataFrame,
) -> dict[str, DataFrame | TableUpdate | RunState]:
    """Link the silver records of all sources (by name) to the persons.

    Args:
        linking: rules and policies.
        identity: the model.
        reviewing: whether values of the pairs to review are shown.
        scratch: where intermediate tables may be written.
        models: ``gold_identity_model`` before this run; ``clusters, unlinked, links, report`` are the other tables.
        former: what the last run kept.
        persons: what was resolved.
        run_id: id of this run.
        run_time: its start, UTC.
        show_values: the run's setting.
        tables: what has changed since the tables were computed.
        sources: all sources.
        clusters, unlinked, links, report: the tables as they are.
        silver: the records.

    Returns:
        ``clusters`` (records of one customer each), ``unlinked``, ``links`` with their evidence, ``unsure`` (pairs
        that are not sure either way), ``model`` (one row: the probabilities that scored this run), ``report`` and
        ``state`` (for the next run, which resolves only what has changed).

    Raises:
        LinkingConfigurationError: a source or column that is not there.
    """
    place = Workplace(models.sparkSession, identity, Memory(former.root), scratch)
    found = resolution.remembered_resolution(place, persons)
    state = _state_after(former, found, is_kept=identity.incremental.enabled)
    plans = _plans(tables, linking, identity, reviewing, sources, show_values=show_values)
    if persons.work.kind == "nothing" and _is_current(plans, tables, identity):
        same = {name: plans[table].nothing() for name, table in _TABLES.items()}
        return {"state": state, **same, "unsure": TableUpdate(None)}
    linked = linked_to_persons(by_source(silver, SILVER), linking, found, scratch)
    grouped = linked.crosswalk.select(
        "source", "source_key", F.col("customer_id").alias("cluster_id"), "method", "confidence"
    )
    pairs = scratch.keep(found.pairs, "described")
    model = resolution.model_row(models, found, run_id=run_id, run_time=run_time)
    told = resolution.resolution_report(models.sparkSession, found)
    return {
        "state": state,
        "clusters": update_of(plans[CLUSTERS], _nullable(grouped), clusters, _RECORD, scratch),
        "unlinked": update_of(plans[UNLINKED], _nullable(linked.unlinked), unlinked, _RECORD, scratch),
        "links": update_of(
            plans[LINKS], _nullable(_links(pairs, identity)), links, IDENTITY_LINKS.keys, scratch
        ),
        "unsure": _nullable(_unsure(pairs, identity)),
        "model": update_of_small(plans[MODEL], _nullable(model), models),
        "report": update_of_small(plans[REPORT], _nullable(told), report),
    }


def _plans(
    tables: DerivedTables,
    linking: LinkingParameters,
    identity: IdentityModel,
    reviewing: ReviewParameters,
    sources: Sequence[Source],
    *,
    show_values: bool,
) -> dict[str, Plan]:
    """Of every table that follows from resolution and linking alone, and of the pairs to review."""
    shown = show_values if reviewing.show_values is None else reviewing.show_values
    plans = {name: plan_of_links(tables, name, linking, identity, sources) for name in _TABLES.values()}
    return plans | {REVIEW: plan_of_review(tables, linking, identity, sources, shown=shown)}


def _is_current(plans: Mapping[str, Plan], tables: DerivedTables, identity: IdentityModel) -> bool:
    """Whether all these tables, and those of the ids, are as they would be computed."""
    options = identity.incremental
    return (
        options.enabled
        and not options.retrain
        and all(plan.is_current for plan in plans.values())
        and plan_of_events(tables).is_current
        and plan_of_crosswalk(tables).is_current
    )


def _links(pairs: DataFrame, identity: IdentityModel) -> DataFrame:
    """The pairs whose records are of one customer, and what joined each."""
    links = pairs.where("same_cluster").drop("same_cluster")
    return links.withColumn("joined_by", joined_by(identity.thresholds.link))


def _unsure(pairs: DataFrame, identity: IdentityModel) -> DataFrame:
    """The pairs that are not sure either way."""
    thresholds = identity.thresholds
    is_unsure = F.col("probability").between(thresholds.review, 1 - thresholds.review)
    return pairs.where(is_unsure & (F.col("method") == RESOLVED_METHOD))


def _place(identity: IdentityModel, scratch: Scratch, records: Prepared) -> Workplace:
    return Workplace(spark_session(), identity, Memory(records.root, records.former), scratch)


def _memory(former: RunState, models: DataFrame) -> Memory:
    state = None if former.text is None else State.read(former.text)
    if state is not None:
        return Memory(former.root, state)
    lost = f"the state of the last run is not used ({former.lost})" if former.lost else ""
    if former.text is not None:
        lost = "another version of the program kept the state of the last run"
    elif not lost and not models.isEmpty():
        lost = "the state of the last run is gone, or none was kept"
    return Memory(former.root, None, lost)


def _state_after(former: RunState, found: Resolution, *, is_kept: bool) -> RunState:
    state, summary = found.state, f"Identity: {found.work.sentence()}"
    if state is None or not is_kept:
        return RunState(former.root, summary=summary)
    return RunState(
        former.root, state.model_dump_json(), frozenset(state.folders()), summary, number=former.number
    )
