"""What another model would change, as lines that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customer_360.foundation import noun
from customer_360.privacy import masked, masked_beside
from customer_360.stewardship.diff import KINDS
from customer_360.stewardship.rows import Record, Row

_MEANINGS = {
    "unchanged": "the same records",
    "grown": "records that belong to nobody today join",
    "shrunk": "records leave and belong to nobody",
    "merged": "joined with another customer",
    "split": "split into several",
    "regrouped": "split, and a part joined with another customer",
    "gone": "no record is left",
    "new": "customers of records that belong to nobody today",
}


def count_lines(summary: Sequence[Row], *, today: int, then: int) -> list[str]:
    """How many customers of each kind, the order of ``KINDS``.

    Args:
        summary: ``kind, customers, records``.
        today, then: number of customers.
    """
    by_kind = {row["kind"]: row for row in summary}
    counts = [(kind, by_kind[kind]) for kind in KINDS if kind in by_kind]
    lines = [
        f"  {kind:<10} {row['customers']:>9,} {noun(row['customers'], 'customer'):<9} "
        f"{row['records']:>11,} {noun(row['records'], 'record'):<7}   {_MEANINGS[kind]}"
        for kind, row in counts
    ]
    return [f"Customers: {today:,} today, {then:,} then.", *lines]


def example_lines(
    shown: Sequence[Row], members: Sequence[Row], attributes: Mapping[Record, Row], *, show_values: bool
) -> list[str]:
    """Each example with the records it is about, by the customer that they would be then.

    Args:
        shown: rows of the diff.
        members: ``customer_id, cluster_id, source, source_key, records``.
        attributes: of each record.
        show_values: show them as they are. Masked ones show where they differ from the example's first record.
    """
    lines: list[str] = []
    for row in sorted(shown, key=lambda row: (KINDS.index(row["kind"]), -row["records"], row["customer_id"])):
        mine = [item for item in members if _is_about(item, row, members)]
        lines += ["", f"{row['kind']}: {_heading(row)}"]
        seen: dict[str, Any] = {}
        clusters = sorted({item["cluster_id"] for item in mine}, key=lambda name: (name is None, name))
        for number, cluster in enumerate(clusters, start=1):
            if row["parts"] > 1 or cluster is None:
                lines.append("  to nobody" if cluster is None else f"  part {number}")
            group = [item for item in mine if item["cluster_id"] == cluster]
            lines += _group_lines(group, attributes, None if show_values else seen)
    return lines


def _is_about(item: Row, row: Row, members: Sequence[Row]) -> bool:
    if row["customer_id"] is None:
        return bool(item["cluster_id"] == row["cluster_id"])
    clusters = {other["cluster_id"] for other in members if other["customer_id"] == row["customer_id"]}
    return item["customer_id"] == row["customer_id"] or item["cluster_id"] in clusters - {None}


def _heading(row: Row) -> str:
    customer, others = row["customer_id"], " and ".join(row["with_customers"])
    return {
        "grown": f"{customer} would have more records",
        "shrunk": f"{customer} would lose records",
        "merged": f"{customer} and {others} would be one customer",
        "split": f"{customer} would be {row['parts']} customers",
        "regrouped": f"{customer} would be in {row['parts']} parts, together with {others}",
        "gone": f"{customer} would have no record",
        "new": f"a new customer of {row['records']} {noun(row['records'], 'record')}",
    }[row["kind"]]


def _group_lines(
    items: Sequence[Row], attributes: Mapping[Record, Row], seen: dict[str, Any] | None
) -> list[str]:
    """``seen``: the first value of each attribute, to compare masks with; None: show values as they are."""
    lines = []
    for customer in sorted({item["customer_id"] or "" for item in items}, key=lambda name: (not name, name)):
        group = [item for item in items if (item["customer_id"] or "") == customer]
        today = f"of {customer} today" if customer else "of nobody today"
        for item in group:
            record = (item["source"], item["source_key"])
            values = [(k, v) for k, v in attributes.get(record, {}).items() if v not in (None, "")]
            said = " | ".join(_shown(name, value, seen) for name, value in values)
            lines.append(f"    {':'.join(record)} {today}{': ' if said else ''}{said}")
        if (more := group[0]["records"] - len(group)) > 0:
            lines.append(f"    and {more:,} more {noun(more, 'record')} {today}")
    return lines


def _shown(name: str, value: Any, seen: dict[str, Any] | None) -> str:
    if seen is None:
        return str(value)
    if name in seen:
        return masked_beside(value, seen[name])
    seen[name] = value
    return masked(value)
