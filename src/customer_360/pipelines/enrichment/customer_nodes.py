"""Nodes that say what is known of customers: profile, metrics, and the join of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyspark.sql import DataFrame

from customer_360.behaviour import build_customer_360, marketing_metrics, support_metrics
from customer_360.engine import DerivedTables, Plan, Scratch, TableUpdate
from customer_360.parameters import MetricsParameters, ProfileParameters
from customer_360.pipelines.updates import have_same_columns, update_of
from customer_360.profile import golden_profiles
from customer_360.sources import Source

from .nodes import SILVER, _nullable, by_source
from .plans import (
    BY_CUSTOMER,
    CROSSWALK,
    CUSTOMER_360,
    MARKETING_METRICS,
    PROFILE,
    SUPPORT_METRICS,
    TouchedCustomers,
    plan_of,
)


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
    return _update(
        plan, lambda frames: compute(*frames), [crosswalk], before=before, touched=touched, scratch=scratch
    )


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
    parts = [profile, marketing_metrics, support_metrics]
    return _update(
        plan,
        lambda frames: _nullable(build_customer_360(*frames)),
        parts,
        before=before,
        touched=touched,
        scratch=scratch,
    )


def _update(
    plan: Plan,
    compute: Callable[[Sequence[DataFrame]], DataFrame],
    frames: Sequence[DataFrame],
    *,
    before: DataFrame,
    touched: TouchedCustomers | None,
    scratch: Scratch,
) -> TableUpdate:
    """Compute a table of one row per customer out of others; of touched customers only, where these are known."""
    ids = touched.of(plan) if touched is not None else None
    if ids is not None:
        some = compute([frame.join(ids, "customer_id", "left_semi") for frame in frames])
        if have_same_columns(some, before):
            return update_of(
                plan, some, before.join(ids, "customer_id", "left_semi"), ["customer_id"], scratch
            )
    return update_of(plan, compute(frames), before, ["customer_id"], scratch)
