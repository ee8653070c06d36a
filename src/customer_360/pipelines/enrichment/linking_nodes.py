"""The node that links the records of all sources to the persons that were found, and when there is nothing to link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360 import identity as resolution
from customer_360.engine import DerivedTables, Plan, RunState, Scratch, TableUpdate
from customer_360.identity import Memory, Persons, Resolution, Workplace
from customer_360.linking import RESOLVED_METHOD, linked_to_persons
from customer_360.parameters import IdentityModel, LinkingParameters, ReviewParameters
from customer_360.pipelines.updates import update_of, update_of_small
from customer_360.schemas import IDENTITY_LINKS
from customer_360.sources import Source
from customer_360.stewardship import joined_by

from .nodes import SILVER, _nullable, by_source
from .plans import CLUSTERS, REVIEW, UNLINKED, plan_of_links
from .registry_nodes import plan_of_crosswalk, plan_of_events
from .review_nodes import plan_of_review

LINKS, MODEL, REPORT = "gold/identity_links", "gold/identity_model", "gold/identity_report"
# What linking writes, by the node's names for it.
_TABLES = {"clusters": CLUSTERS, "unlinked": UNLINKED, "links": LINKS, "model": MODEL, "report": REPORT}
_RECORD = ("source", "source_key")


def link_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    reviewing: ReviewParameters,
    *,
    scratch: Scratch,
    former: RunState,
    persons: Persons,
    run_id: str,
    run_time: datetime,
    show_values: bool,
    tables: DerivedTables,
    sources: Sequence[Source],
    **frames: DataFrame,
) -> dict[str, DataFrame | TableUpdate | RunState]:
    """Link the records of all sources to the persons.

    ``frames``: silver of each source, and the tables that are returned (but ``unsure``, the pairs that are not sure
    either way) as they were.
    """
    spark = frames["model"].sparkSession
    place = Workplace(spark, identity, Memory(former.root), scratch)
    found = resolution.remembered_resolution(place, persons)
    state = _state_after(former, found, is_kept=identity.incremental.enabled)
    plans = plans_of_linking(tables, linking, identity, reviewing, sources, show_values=show_values)
    if persons.work.kind == "nothing" and is_current(plans, tables, identity):
        same = {name: plans[table].nothing() for name, table in _TABLES.items()}
        return {"state": state, **same, "unsure": TableUpdate(None)}
    pairs = scratch.keep(found.pairs, "described")
    model = resolution.model_row(frames["model"], found, run_id=run_id, run_time=run_time)
    return {
        "state": state,
        **_linked(plans, linking, found, frames, scratch),
        "links": _update(
            plans[LINKS], _links(pairs, identity), frames["links"], IDENTITY_LINKS.keys, scratch
        ),
        "unsure": _nullable(_unsure(pairs, identity)),
        "model": update_of_small(plans[MODEL], _nullable(model), frames["model"]),
        "report": _report(plans[REPORT], found, frames["report"]),
    }


def _report(plan: Plan, found: Resolution, before: DataFrame) -> TableUpdate:
    return update_of_small(plan, _nullable(resolution.resolution_report(before.sparkSession, found)), before)


def _linked(
    plans: Mapping[str, Plan],
    linking: LinkingParameters,
    found: Resolution,
    frames: Mapping[str, DataFrame],
    scratch: Scratch,
) -> dict[str, TableUpdate]:
    """``clusters`` and ``unlinked``."""
    silver = {name: frame for name, frame in frames.items() if name.startswith(SILVER)}
    linked = linked_to_persons(by_source(silver, SILVER), linking, found, scratch)
    clusters = linked.crosswalk.select(
        "source", "source_key", F.col("customer_id").alias("cluster_id"), "method", "confidence"
    )
    return {
        "clusters": _update(plans[CLUSTERS], clusters, frames["clusters"], _RECORD, scratch),
        "unlinked": _update(plans[UNLINKED], linked.unlinked, frames["unlinked"], _RECORD, scratch),
    }


def _update(
    plan: Plan, now: DataFrame, before: DataFrame, keys: Sequence[str], scratch: Scratch
) -> TableUpdate:
    return update_of(plan, _nullable(now), before, keys, scratch)


def plans_of_linking(
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


def is_current(plans: Mapping[str, Plan], tables: DerivedTables, identity: IdentityModel) -> bool:
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


def _state_after(former: RunState, found: Resolution, *, is_kept: bool) -> RunState:
    state, summary = found.state, f"Identity: {found.work.sentence()}"
    if state is None or not is_kept:
        return RunState(former.root, summary=summary)
    return RunState(
        former.root, state.model_dump_json(), frozenset(state.folders()), summary, number=former.number
    )
