"""Nodes of the pipeline ``enrichment``. Parameters come first: Kedro finds their type by their position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from customer_360.engine import DerivedTables, Plan, Scratch, TableUpdate
from customer_360.linking import reconcile_links, tell_idle_rules
from customer_360.parameters import LinkingParameters, MetricsParameters, ProfileParameters
from customer_360.pipelines.updates import update_of, update_of_small
from customer_360.profile import golden_profiles
from customer_360.reporting import count_changes, history_rows, last_published, reconcile_totals, run_report
from customer_360.sources import Source

from .plans import (
    BY_CUSTOMER,
    CROSSWALK,
    CUSTOMER_360,
    MARKETING_METRICS,
    PROFILE,
    SUPPORT_METRICS,
    UNLINKED,
    TouchedCustomers,
    plan_of,
)

SILVER, BRONZE = "silver_", "bronze_"  # before the names of sources, among the inputs of a node


def by_source(frames: Mapping[str, DataFrame], layer: str) -> dict[str, DataFrame]:
    """Frames of a layer by the name of their source."""
    return {name.removeprefix(layer): frame for name, frame in frames.items()}


def plan_of_profile(tables: DerivedTables, profile: ProfileParameters, sources: Sequence[Source]) -> Plan:
    """Of ``gold_customer_profile``."""
    parts = {"profile": profile.model_dump(mode="json")}
    return plan_of(tables, PROFILE, reads=[CROSSWALK], sources=sources, parts=parts, rooms=["profile"])


def build_profile(
    profile: ProfileParameters,
    *,
    crosswalk: DataFrame,
    before: DataFrame,
    touched: TouchedCustomers | None,
    tables: DerivedTables,
    scratch: Scratch,
    sources: Sequence[Source],
    **silver: DataFrame,
) -> TableUpdate:
    """Build one profile per customer from the silver records of all sources (by name).

    Args:
        profile: parameters of the profile.
        crosswalk: ``customer_id, source, source_key, method, confidence``.
        before: ``gold_customer_profile`` as it is.
        touched: the customers that the run touches, if that is known.
        tables: what has changed since the profiles were computed.
        scratch: where intermediate tables may be written.
        sources: all sources.
        silver: their records.
    """
    records = by_source(silver, SILVER)
    return _for_customers(
        plan_of_profile(tables, profile, sources),
        lambda of_these: _nullable(golden_profiles(records, of_these, profile)),
        crosswalk=crosswalk,
        before=before,
        touched=touched,
        scratch=scratch,
    )


def calculate_marketing_metrics(
    metrics: MetricsParameters,
    *,
    crosswalk: DataFrame,
    posts: DataFrame,
    before: DataFrame,
    touched: TouchedCustomers | None,
    tables: DerivedTables,
    scratch: Scratch,
    source: Source,
) -> TableUpdate:
    """Calculate the marketing metrics of customers with posts; arguments as for :func:`build_profile`."""
    return _for_customers(
        plan_of_metrics(tables, MARKETING_METRICS, metrics, source),
        lambda of_these: _nullable(marketing_metrics(posts, of_these, top_tags=metrics.top_tags)),
        crosswalk=crosswalk,
        before=before,
        touched=touched,
        scratch=scratch,
    )


def calculate_support_metrics(
    metrics: MetricsParameters,
    *,
    crosswalk: DataFrame,
    tickets: DataFrame,
    before: DataFrame,
    touched: TouchedCustomers | None,
    tables: DerivedTables,
    scratch: Scratch,
    source: Source,
) -> TableUpdate:
    """Calculate the support metrics of customers with tickets; arguments as for :func:`build_profile`."""
    return _for_customers(
        plan_of_metrics(tables, SUPPORT_METRICS, metrics, source),
        lambda of_these: _nullable(support_metrics(tickets, of_these, metrics)),
        crosswalk=crosswalk,
        before=before,
        touched=touched,
        scratch=scratch,
    )


def plan_of_metrics(tables: DerivedTables, name: str, metrics: MetricsParameters, source: Source) -> Plan:
    """Of a table of metrics over the records of one source."""
    parts = {"metrics": metrics.model_dump(mode="json")}
    return plan_of(tables, name, reads=[CROSSWALK], sources=[source], parts=parts, rooms=["behaviour"])


def _for_customers(
    plan: Plan,
    compute: Callable[[DataFrame], DataFrame],
    *,
    crosswalk: DataFrame,
    before: DataFrame,
    touched: TouchedCustomers | None,
    scratch: Scratch,
) -> TableUpdate:
    """Compute a table of one row per customer from the crosswalk: anew only for customers that are touched."""
    if plan.is_current:
        return plan.nothing()
    ids = touched.of(plan) if touched is not None else None
    if ids is not None:
        crosswalk, before = (frame.join(ids, "customer_id", "left_semi") for frame in (crosswalk, before))
    return update_of(plan, compute(crosswalk), before, ["customer_id"], scratch)


def join_customer_360(
    profile: DataFrame,
    marketing_metrics: DataFrame,
    support_metrics: DataFrame,
    *,
    before: DataFrame,
    touched: TouchedCustomers | None,
    tables: DerivedTables,
    scratch: Scratch,
) -> TableUpdate:
    """Join profile and metrics into one row per customer; arguments as for :func:`build_profile`."""
    plan = plan_of(tables, CUSTOMER_360, reads=BY_CUSTOMER, rooms=["behaviour"])
    if plan.is_current:
        return plan.nothing()
    frames = [profile, marketing_metrics, support_metrics, before]
    ids = touched.of(plan) if touched is not None else None
    if ids is not None:
        frames = [frame.join(ids, "customer_id", "left_semi") for frame in frames]
    *parts, before = frames
    return update_of(plan, _nullable(build_customer_360(*parts)), before, ["customer_id"], scratch)


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
    """Account for every silver record and every total, then report them.

    Args:
        linking: the rules.
        metrics: what is counted.
        quality_report: ``silver_quality_report``.
        crosswalk: ``customer_id, source, source_key, method, ...``.
        unlinked: ``gold_unlinked_records``.
        customers: ``gold_customer_360``.
        before: ``gold_run_report`` as it is.
        tables: what has changed since the last report.
        sources: all sources.
        silver: their records.

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
    measures = {
        MARKETING: post_measures(),
        SUPPORT: ticket_measures(metrics),
    }
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
