"""Nodes that keep the ids: from the clusters of a run to the log of identity events and the crosswalk."""

from __future__ import annotations

from datetime import datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.identity import decisions as by_hand
from customer_360.identity import registry
from customer_360.identity.persons import all_representatives
from customer_360.parameters.enrichment import LinkingParameters
from customer_360.profile import history as profile_history

from .nodes import _nullable


def check_decisions(
    linking: LinkingParameters, *, decision_rows: DataFrame, **sources: DataFrame
) -> DataFrame:
    """Tell which rows of the decision file count, given the silver records of all sources (by name)."""
    if decision_rows.isEmpty():  # or all records would be looked through for nothing
        return decision_rows.sparkSession.createDataFrame([], by_hand.CHECKED_SCHEMA)
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
    return _nullable(by_hand.check_decisions(decision_rows, every, sources=list(sources), rules=rules))


def compare_customers(clusters: DataFrame, events: DataFrame, former_crosswalk: DataFrame) -> DataFrame:
    """Put each record's customer so far beside its cluster of today."""
    return _nullable(registry.compare_customers(clusters, registry.known_events(events, former_crosswalk)))


def place_customers(
    compared: DataFrame, events: DataFrame, former_crosswalk: DataFrame
) -> dict[str, DataFrame]:
    """Find the cluster of every id and the id of every cluster: ``homes`` and ``assigned``."""
    placement = registry.place_customers(compared, registry.known_events(events, former_crosswalk))
    return {"homes": _nullable(placement.homes), "assigned": _nullable(placement.assigned)}


def log_identity_events(
    *,
    compared: DataFrame,
    homes: DataFrame,
    assigned: DataFrame,
    events: DataFrame,
    decisions: DataFrame,
    former_crosswalk: DataFrame,
    run_id: str,
    run_time: datetime,
) -> DataFrame:
    """Say what happened to customers: the rows that the log lacks."""
    return _nullable(
        registry.new_events(
            compared,
            registry.Placement(homes, assigned),
            events,
            run_id=run_id,
            run_time=run_time,
            decisions=by_hand.in_force(decisions),
            former_crosswalk=former_crosswalk,
        )
    )


def project_crosswalk(events: DataFrame, clusters: DataFrame) -> DataFrame:
    """Read today's customer of every record from the log."""
    return _nullable(registry.crosswalk(events, clusters))


def keep_profile_history(profile: DataFrame, history: DataFrame, run_time: datetime) -> DataFrame:
    """Find the versions of profiles that begin or end in this run."""
    return _nullable(profile_history.changed_versions(profile, history, run_time=run_time))
