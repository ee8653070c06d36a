"""Nodes that keep the ids: from the clusters of a run to the log of identity events and the crosswalk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import DerivedTables, Plan, Scratch, TableUpdate, digest_of
from customer_360.linking import all_representatives
from customer_360.parameters import LinkingParameters, ProfileParameters
from customer_360.pipelines.updates import kept_differences, update_by, update_of_small
from customer_360.profile import changed_versions
from customer_360.registry import (
    IdAssignment,
    assign_ids,
    beside_former_customers,
    crosswalk,
    known_events,
    new_events,
)
from customer_360.schemas import CUSTOMER_CROSSWALK
from customer_360.sources import Source
from customer_360.stewardship import CHECKED_SCHEMA, decisions_with_status, in_force

from .customer_nodes import plan_of_profile
from .nodes import SILVER, _nullable, by_source
from .plans import (
    CLUSTERS,
    CROSSWALK,
    DECISIONS,
    EVENTS,
    PROFILE,
    CrosswalkChanges,
    TouchedCustomers,
    plan_of,
    touched_customers,
)

HISTORY = "gold/customer_profile_history"


def check_decisions(
    linking: LinkingParameters,
    *,
    decision_rows: DataFrame,
    before: DataFrame,
    tables: DerivedTables,
    sources: Sequence[Source],
    **silver: DataFrame,
) -> TableUpdate:
    """Tell which rows of the decision file count, given the silver records of all sources (by name).

    Args:
        linking: which sources are compared.
        decision_rows: ``payload``, one row for each of the file.
        before: ``gold_identity_decisions`` as it is.
        tables: what has changed since it was computed.
        sources: all sources.
        silver: their records.
    """
    decided = sorted(row["payload"] for row in decision_rows.select("payload").collect())  # people's: few
    parts = {"the decisions": digest_of(decided), "linking": linking.model_dump(mode="json")}
    plan = plan_of(
        tables,
        DECISIONS,
        sources=sources if decided else (),  # or all records would be looked through for nothing
        parts=parts,
        rooms=["stewardship", "linking"],
    )
    if plan.is_current:
        return plan.nothing()
    return update_of_small(
        replace(plan, note=""),
        _checked_decisions(linking, decision_rows, by_source(silver, SILVER), decided),
        before,
    )


def _checked_decisions(
    linking: LinkingParameters, rows: DataFrame, sources: Mapping[str, DataFrame], decided: Sequence[str]
) -> DataFrame:
    if not decided:
        return rows.sparkSession.createDataFrame([], CHECKED_SCHEMA)
    nobody = F.lit(None).cast("string").alias("person_key")
    records = [
        frame.select(F.lit(name).alias("source"), "source_key", nobody)
        for name, frame in sources.items()
        if name not in linking.persons
    ]
    rules = {
        name: f"but linked by {' and '.join(rule.name for rule in linking.rules_of(name)) or 'nothing'}"
        for name in sources
        if name not in linking.persons
    }
    every = reduce(DataFrame.unionByName, [all_representatives(sources, linking), *records])
    return _nullable(decisions_with_status(rows, every, sources=list(sources), rules=rules))


def plan_of_events(tables: DerivedTables) -> Plan:
    """Of the log of identity events: what it has been told of."""
    return plan_of(tables, EVENTS, reads=[CLUSTERS, DECISIONS], rooms=["registry"])


def plan_of_crosswalk(tables: DerivedTables) -> Plan:
    """Of ``gold_customer_crosswalk``."""
    return plan_of(tables, CROSSWALK, reads=[EVENTS, CLUSTERS], rooms=["registry"])


def find_former_customers(
    clusters: DataFrame, events: DataFrame, former_crosswalk: DataFrame, tables: DerivedTables
) -> DataFrame | TableUpdate:
    """Put each record's customer so far beside its cluster of today; nothing where the log knows the clusters."""
    if plan_of_events(tables).is_current:
        return TableUpdate(None)
    return _nullable(beside_former_customers(clusters, known_events(events, former_crosswalk)))


def assign_customer_ids(
    compared: DataFrame | None, events: DataFrame, former_crosswalk: DataFrame
) -> dict[str, DataFrame | TableUpdate]:
    """Find the cluster of every id and the id of every cluster: ``claimed`` and ``assigned``."""
    if compared is None:
        return {"claimed": TableUpdate(None), "assigned": TableUpdate(None)}
    assignment = assign_ids(compared, known_events(events, former_crosswalk))
    return {"claimed": _nullable(assignment.claimed), "assigned": _nullable(assignment.assigned)}


def log_identity_events(
    *,
    compared: DataFrame | None,
    claimed: DataFrame | None,
    assigned: DataFrame | None,
    events: DataFrame,
    decisions: DataFrame,
    former_crosswalk: DataFrame,
    tables: DerivedTables,
    scratch: Scratch,
    run_id: str,
    run_time: datetime,
) -> TableUpdate:
    """Say what happened to customers: the rows that the log lacks."""
    plan = plan_of_events(tables)
    if compared is None or claimed is None or assigned is None:
        return plan.nothing()
    happened = new_events(
        compared,
        IdAssignment(claimed, assigned),
        events,
        run_id=run_id,
        run_time=run_time,
        decisions=in_force(decisions),
        former_crosswalk=former_crosswalk,
    )
    happened = scratch.keep(_nullable(happened), "events")
    return plan.nothing() if plan.expects is not None and happened.isEmpty() else plan.added(happened)


def project_crosswalk(
    events: DataFrame, clusters: DataFrame, before: DataFrame, tables: DerivedTables, scratch: Scratch
) -> dict[str, TableUpdate | CrosswalkChanges]:
    """Read today's customer of every record from the log.

    Returns:
        ``crosswalk``, and as ``changes`` whose rows of it are others than before.
    """
    plan = plan_of_crosswalk(tables)
    since = tables.known_as(CROSSWALK, PROFILE)
    if plan.is_current:
        return {
            "crosswalk": plan.nothing(),
            "changes": CrosswalkChanges(before.select("customer_id").limit(0), since),
        }
    now = _nullable(crosswalk(events, clusters))
    if plan.is_anew:
        return {"crosswalk": plan.all(now), "changes": CrosswalkChanges(None, since)}
    keys = CUSTOMER_CROSSWALK.keys
    differing = kept_differences(now, before, keys, scratch)
    were = before.join(differing.select(*keys), list(keys), "left_semi").select("customer_id")
    are = differing.where("is_there").select("customer_id")
    ids = scratch.keep(were.unionByName(are).distinct(), "moved_customers")
    return {"crosswalk": update_by(plan, differing, keys), "changes": CrosswalkChanges(ids, since)}


def find_touched_customers(
    profile: ProfileParameters,
    *,
    crosswalk: DataFrame,
    changes: CrosswalkChanges | None,
    tables: DerivedTables,
    scratch: Scratch,
    sources: Sequence[Source],
) -> TouchedCustomers:
    """Find the customers that the run touches: the others need no look."""
    plan = plan_of_profile(tables, profile, sources)
    return touched_customers(plan, crosswalk, changes, tables=tables, sources=sources, scratch=scratch)


def keep_profile_history(
    *,
    profile: DataFrame,
    history: DataFrame,
    touched: TouchedCustomers | None,
    tables: DerivedTables,
    scratch: Scratch,
    run_time: datetime,
) -> TableUpdate:
    """Find the versions of profiles that begin or end in this run."""
    plan = plan_of(tables, HISTORY, reads=[PROFILE], rooms=["profile"])
    if plan.is_current:
        return plan.nothing()
    ids = touched.of(plan) if touched is not None else None
    if ids is not None:
        profile = profile.join(ids, "customer_id", "left_semi")
        current = history.where("is_current").join(ids, "customer_id", "left_semi")
        history = current.select(*history.columns)
    versions = scratch.keep(_nullable(changed_versions(profile, history, run_time=run_time)), "versions")
    return plan.nothing() if plan.expects is not None and versions.isEmpty() else plan.added(versions)
