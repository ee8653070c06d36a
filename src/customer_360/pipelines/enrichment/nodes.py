"""Nodes of the pipeline ``enrichment``. Parameters come first: Kedro finds their type by their position."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql.types import StructField, StructType

from customer_360.behaviour import (
    MARKETING,
    SUPPORT,
    build_customer_360,
    marketing_metrics,
    post_measures,
    support_metrics,
    ticket_measures,
)
from customer_360.linking import reconcile_links, tell_idle_rules
from customer_360.parameters import LinkingParameters, MetricsParameters, ProfileParameters
from customer_360.profile import golden_profiles
from customer_360.reporting import count_changes, history_rows, last_published, reconcile_totals, run_report

SILVER, BRONZE = "silver_", "bronze_"  # before the names of sources, among the inputs of a node


def by_source(frames: Mapping[str, DataFrame], layer: str) -> dict[str, DataFrame]:
    """Frames of a layer by the name of their source."""
    return {name.removeprefix(layer): frame for name, frame in frames.items()}


def build_profile(profile: ProfileParameters, crosswalk: DataFrame, **silver: DataFrame) -> DataFrame:
    """Build one profile per customer from the silver records of all sources (by name)."""
    return _nullable(golden_profiles(by_source(silver, SILVER), crosswalk, profile))


def calculate_marketing_metrics(
    metrics: MetricsParameters, crosswalk: DataFrame, posts: DataFrame
) -> DataFrame:
    """Calculate the marketing metrics of customers with posts."""
    return _nullable(marketing_metrics(posts, crosswalk, top_tags=metrics.top_tags))


def calculate_support_metrics(
    metrics: MetricsParameters, crosswalk: DataFrame, tickets: DataFrame
) -> DataFrame:
    """Calculate the support metrics of customers with tickets."""
    return _nullable(support_metrics(tickets, crosswalk, metrics))


def join_customer_360(
    profile: DataFrame, marketing_metrics: DataFrame, support_metrics: DataFrame
) -> DataFrame:
    """Join profile and metrics into one row per customer."""
    return _nullable(build_customer_360(profile, marketing_metrics, support_metrics))


def report_run(
    linking: LinkingParameters,
    metrics: MetricsParameters,
    *,
    quality_report: DataFrame,
    crosswalk: DataFrame,
    unlinked: DataFrame,
    customers: DataFrame,
    **silver: DataFrame,
) -> DataFrame:
    """Account for every silver record and every total, then report them.

    Raises:
        UnaccountedRecordsError: a silver record is not in exactly one of crosswalk and unlinked records.
        TotalsError: totals over customers and unlinked records differ from those over silver.
    """
    sources = by_source(silver, SILVER)
    lines = reconcile_links(sources, crosswalk, unlinked, anchor=linking.anchor)
    lines += tell_idle_rules(sources, linking, lines)
    measures = {
        MARKETING: post_measures(),
        SUPPORT: ticket_measures(metrics),
    }
    reconciled = reconcile_totals(sources, measures, unlinked, customers)
    return _nullable(run_report(quality_report, lines, reconciled))


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
