"""Nodes that ask people: which pairs to look at."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame

from customer_360.engine import DerivedTables, Plan, Scratch, TableUpdate
from customer_360.parameters import IdentityModel, LinkingParameters, ReviewParameters
from customer_360.pipelines.updates import update_of
from customer_360.schemas import IDENTITY_REVIEW
from customer_360.sources import Source
from customer_360.stewardship import pairs_to_review

from .nodes import SILVER, _nullable, by_source
from .plans import CROSSWALK, REVIEW, plan_of_links


def list_pairs_to_review(
    linking: LinkingParameters,
    reviewing: ReviewParameters,
    identity: IdentityModel,
    *,
    unsure: DataFrame | None,
    crosswalk: DataFrame,
    decisions: DataFrame,
    before: DataFrame,
    show_values: bool,
    tables: DerivedTables,
    scratch: Scratch,
    sources: Sequence[Source],
    **silver: DataFrame,
) -> TableUpdate:
    """List the unsure pairs that nobody decided, the worst first, with what an answer would change.

    Args:
        linking: which sources are compared.
        reviewing: whether values are shown; None: as the run's setting says.
        identity: the model, on which the pairs depend.
        unsure: the pairs; None where they are as they were.
        crosswalk: ``customer_id, source, source_key``.
        decisions: ``gold_identity_decisions``.
        before: ``gold_identity_review`` as it is.
        show_values: the run's setting.
        tables: what has changed since the list was made.
        scratch: where intermediate tables may be written.
        sources: all sources.
        silver: their records.
    """
    shown = show_values if reviewing.show_values is None else reviewing.show_values
    plan = plan_of_review(tables, linking, identity, sources, shown=shown)
    if unsure is None:
        return plan.nothing()
    pairs = pairs_to_review(
        unsure, crosswalk, decisions, by_source(silver, SILVER), linking, show_values=shown
    )
    return update_of(plan, _nullable(pairs), before, IDENTITY_REVIEW.keys, scratch)


def plan_of_review(
    tables: DerivedTables,
    linking: LinkingParameters,
    identity: IdentityModel,
    sources: Sequence[Source],
    *,
    shown: bool,
) -> Plan:
    """Of ``gold_identity_review``."""
    parts = {"whether values are shown": shown}
    return plan_of_links(tables, REVIEW, linking, identity, sources, reads=[CROSSWALK], parts=parts)
