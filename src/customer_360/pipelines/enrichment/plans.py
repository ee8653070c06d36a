"""What the tables of gold depend on, and which customers a run touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import PROGRAM, DerivedTables, Plan, Scratch, union
from customer_360.lakehouse import Token
from customer_360.parameters import IdentityModel, LinkingParameters
from customer_360.sources import Source

CROSSWALK, EVENTS, CLUSTERS = "gold/customer_crosswalk", "gold/identity_events", "gold/identity_clusters"
DECISIONS, PROFILE, CUSTOMER_360 = "gold/identity_decisions", "gold/customer_profile", "gold/customer_360"
MARKETING_METRICS, SUPPORT_METRICS = "gold/customer_marketing_metrics", "gold/customer_support_metrics"
UNLINKED, REVIEW = "gold/unlinked_records", "gold/identity_review"
BY_CUSTOMER = (PROFILE, MARKETING_METRICS, SUPPORT_METRICS)


def plan_of(
    tables: DerivedTables,
    name: str,
    *,
    reads: Sequence[str] = (),
    sources: Sequence[Source] = (),
    parts: Mapping[str, Any] | None = None,
    rooms: Sequence[str] = (),
) -> Plan:
    """The plan of a gold table.

    Args:
        tables: what has changed.
        name: of the table.
        reads: other tables of gold that it is computed from.
        sources: those whose silver records it is computed from.
        parts: the configuration that it depends on.
        rooms: packages whose code it depends on.
    """
    layers = [f"{layer}/{one.table}" for one in sources for layer in ("silver", "bronze")]
    cleaned = {f"the cleaning of {one.name}": tables.meaning_of(f"silver/{one.table}") for one in sources}
    code = {PROGRAM: [f"customer_360.{room}" for room in rooms]}
    return tables.plan(name, reads=[*reads, *layers], parts={**cleaned, **(parts or {}), **code})


def plan_of_links(
    tables: DerivedTables,
    name: str,
    linking: LinkingParameters,
    identity: IdentityModel,
    sources: Sequence[Source],
    *,
    reads: Sequence[str] = (),
    parts: Mapping[str, Any] | None = None,
) -> Plan:
    """The plan of a table that resolution and linking make."""
    configured = {
        "linking": linking.model_dump(mode="json"),
        "the identity model": identity.model_dump(mode="json", exclude={"incremental"}),
    }
    return plan_of(
        tables,
        name,
        reads=[DECISIONS, *reads],
        sources=sources,
        parts=configured | dict(parts or {}),
        rooms=["identity", "linking", "stewardship", "standardise"],
    )


@dataclass(frozen=True)
class TouchedCustomers:
    """The customers that a run touches: all others are as they were.

    Attributes:
        ids: ``customer_id``; None: nobody knows, it may be any.
        since: the versions of tables since when this is so.
    """

    ids: DataFrame | None
    since: Mapping[str, Token | None]

    def of(self, plan: Plan) -> DataFrame | None:
        """The customers whose rows of a table may change; None: all, or nobody knows."""
        if self.ids is None or plan.is_anew:
            return None
        known = all(plan.since(table) == self.since.get(table, "") for table in plan.basis.reads)
        return self.ids if known else None


@dataclass(frozen=True)
class CrosswalkChanges:
    """What a run has changed in the crosswalk.

    Attributes:
        ids: ``customer_id`` of the rows as they were and as they are; None: all.
        since: the version of the crosswalk before; None: there was none.
    """

    ids: DataFrame | None
    since: Token | None


def touched_customers(
    plan: Plan,
    crosswalk: DataFrame,
    changes: CrosswalkChanges | None,
    *,
    tables: DerivedTables,
    sources: Sequence[Source],
    scratch: Scratch,
) -> TouchedCustomers:
    """Find the customers whose records, or whose links to them, are others than when a table was computed.

    Args:
        plan: of the table, computed from the crosswalk and the records of ``sources``.
        crosswalk: ``customer_id, source, source_key`` as it is now.
        changes: what this run has changed there; None where it did not come by there.
        tables: what has changed.
        sources: all of them.
        scratch: where intermediate tables may be written.
    """
    since = {table: plan.since(table) for table in plan.basis.reads}
    since |= {table: tables.known_as(table, CUSTOMER_360) for table in BY_CUSTOMER}
    if plan.is_anew:
        return TouchedCustomers(None, since)
    found: list[DataFrame | None] = [crosswalk.select("customer_id").limit(0)]
    if CROSSWALK in plan.changed:
        known = changes is not None and changes.since == plan.since(CROSSWALK)
        found.append(changes.ids if changes is not None and known else None)
    found += [_customers_of_changes(plan, crosswalk, tables, source) for source in sources]
    known_ones = [ids for ids in found if ids is not None]
    if len(known_ones) < len(found):
        return TouchedCustomers(None, since)
    return TouchedCustomers(scratch.keep(union(known_ones).distinct(), "touched_customers"), since)


def _customers_of_changes(
    plan: Plan, crosswalk: DataFrame, tables: DerivedTables, source: Source
) -> DataFrame | None:
    """``customer_id`` of the records of a source that have changed; None where nobody knows which have."""
    silver, bronze = f"silver/{source.table}", f"bronze/{source.table}"
    if not {silver, bronze} & plan.changed:
        return crosswalk.select("customer_id").limit(0)
    later = tables.appended(crosswalk.sparkSession, bronze, plan.since(bronze))
    if bronze not in plan.changed or later is None:  # silver was computed anew, or it is not known what came
        return None
    keys = later.select("source_key").distinct().withColumn("source", F.lit(source.name))
    return crosswalk.join(keys, ["source", "source_key"], "left_semi").select("customer_id")
