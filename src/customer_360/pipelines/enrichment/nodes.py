"""Nodes of the pipeline ``enrichment``. Parameters come first: Kedro finds their type by their position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql.types import StructField, StructType

from customer_360.behaviour import (
    MARKETING,
    SUPPORT,
    post_measures,
    ticket_measures,
)
from customer_360.engine import DerivedTables, TableUpdate
from customer_360.linking import reconcile_links, tell_idle_rules
from customer_360.parameters import LinkingParameters, MetricsParameters
from customer_360.pipelines.updates import update_of_small
from customer_360.reporting import count_changes, history_rows, last_published, reconcile_totals, run_report
from customer_360.sources import Source

from .plans import (
    CROSSWALK,
    CUSTOMER_360,
    UNLINKED,
    plan_of,
)

SILVER, BRONZE = "silver_", "bronze_"  # before the names of sources, among the inputs of a node


def by_source(frames: Mapping[str, DataFrame], layer: str) -> dict[str, DataFrame]:
    """Frames of a layer by the name of their source."""
    return {name.removeprefix(layer): frame for name, frame in frames.items()}


def report_run(
    linking: LinkingParameters,
    metrics: MetricsParameters,
    *,
    quality_report: DataFrame,
    crosswalk: DataFrame,
    unlinked: DataFrame,
    customers: DataFrame,
    before: DataFrame,
    tables: DerivedTables,
    sources: Sequence[Source],
    **silver: DataFrame,
) -> TableUpdate:
    """Account for every silver record and every total, then report them (before: the last report).

    Raises:
        UnaccountedRecordsError: a silver record is not in exactly one of crosswalk and unlinked records.
        TotalsError: totals over customers and unlinked records differ from those over silver.
    """
    parts = {
        one: given.model_dump(mode="json") for one, given in {"linking": linking, "metrics": metrics}.items()
    }
    reads = ["silver/quality_report", CROSSWALK, UNLINKED, CUSTOMER_360]
    rooms = ["reporting", "linking", "behaviour"]
    plan = plan_of(tables, "gold/run_report", reads=reads, sources=sources, parts=parts, rooms=rooms)
    if plan.is_current:
        return plan.nothing()
    records = by_source(silver, SILVER)
    lines = reconcile_links(records, crosswalk, unlinked, anchor=linking.anchor)
    lines += tell_idle_rules(records, linking, lines)
    measures = {MARKETING: post_measures(), SUPPORT: ticket_measures(metrics)}
    reconciled = reconcile_totals(records, measures, unlinked, customers)
    return update_of_small(plan, _nullable(run_report(quality_report, lines, reconciled)), before)


def keep_run_report(
    *,
    report: DataFrame,
    history: DataFrame,
    manifest: DataFrame,
    quarantine: DataFrame,
    events: DataFrame,
    run_id: str,
    run_time: datetime,
    **bronze: DataFrame,
) -> DataFrame:
    """Find the rows of this run for the history of all runs: its report, and what has changed since the last one.

    Args:
        report: ``gold_run_report`` of this run.
        history: ``gold_run_report_history`` as it is before.
        manifest: ``gold_run_manifest`` as it is before: it names the run whose results people have seen last.
        quarantine: ``silver_quarantine``.
        events: ``gold_identity_events``.
        run_id: id of this run.
        run_time: its start, UTC.
        bronze: change log of each source.
    """
    since = last_published(manifest)
    logs = by_source(bronze, BRONZE)
    changes = count_changes(logs, quarantine=quarantine, events=events, run_id=run_id, since=since)
    rows = history_rows(report, changes, history, run_id=run_id, run_time=run_time, since=since)
    return _nullable(rows)


def _nullable(frame: DataFrame) -> DataFrame:
    """Sail stores a column that cannot be null as NOT NULL, JVM Spark does not: tables must be the same."""
    return frame.to(
        StructType([StructField(field.name, field.dataType, True) for field in frame.schema.fields])
    )
