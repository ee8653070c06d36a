"""Nodes that keep the ids: from the clusters of a run to the log of identity events and the crosswalk."""

from __future__ import annotations

from datetime import datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.linking import all_representatives
from customer_360.parameters import LinkingParameters
from customer_360.profile import changed_versions
from customer_360.registry import (
    IdAssignment,
    assign_ids,
    beside_former_customers,
    crosswalk,
    known_events,
    new_events,
)
from customer_360.stewardship import CHECKED_SCHEMA, decisions_with_status, in_force

from .nodes import SILVER, _nullable, by_source


def check_decisions(
    linking: LinkingParameters, *, decision_rows: DataFrame, **silver: DataFrame
) -> DataFrame:
    """Tell which rows of the decision file count, given the silver records of all sources (by name)."""
    if decision_rows.isEmpty():  # or all records would be looked through for nothing
        return decision_rows.sparkSession.createDataFrame([], CHECKED_SCHEMA)
    sources = by_source(silver, SILVER)
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
    return _nullable(decisions_with_status(decision_rows, every, sources=list(sources), rules=rules))


def find_former_customers(clusters: DataFrame, events: DataFrame, former_crosswalk: DataFrame) -> DataFrame:
    """Put each record's customer so far beside its cluster of today."""
    return _nullable(beside_former_customers(clusters, known_events(events, former_crosswalk)))


def assign_customer_ids(
    compared: DataFrame, events: DataFrame, former_crosswalk: DataFrame
) -> dict[str, DataFrame]:
    """Find the cluster of every id and the id of every cluster: ``claimed`` and ``assigned``."""
    assignment = assign_ids(compared, known_events(events, former_crosswalk))
    return {"claimed": _nullable(assignment.claimed), "assigned": _nullable(assignment.assigned)}


def log_identity_events(
    *,
    compared: DataFrame,
    claimed: DataFrame,
    assigned: DataFrame,
    events: DataFrame,
    decisions: DataFrame,
    former_crosswalk: DataFrame,
    run_id: str,
    run_time: datetime,
) -> DataFrame:
    """Say what happened to customers: the rows that the log lacks."""
    return _nullable(
        new_events(
            compared,
            IdAssignment(claimed, assigned),
            events,
            run_id=run_id,
            run_time=run_time,
            decisions=in_force(decisions),
            former_crosswalk=former_crosswalk,
        )
    )


def project_crosswalk(events: DataFrame, clusters: DataFrame) -> DataFrame:
    """Read today's customer of every record from the log."""
    return _nullable(crosswalk(events, clusters))


def keep_profile_history(profile: DataFrame, history: DataFrame, run_time: datetime) -> DataFrame:
    """Find the versions of profiles that begin or end in this run."""
    return _nullable(changed_versions(profile, history, run_time=run_time))
