"""What the tables say of a customer, as lines that a person reads: records, links, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence

from customer_360.stewardship.explain import BY_WEIGHT, sentence, waterfall
from customer_360.stewardship.rows import Row


def record_name(row: Row, side: str = "") -> str:
    """``crm:12``, as the command line takes it; ``side`` is ``left_`` or ``right_`` for links."""
    key = row.get(f"{side}key") or row.get(f"{side}source_key")
    return f"{row[f'{side}source']}:{key}"


def link_lines(link: Row) -> list[str]:
    """The two records and the waterfall of a link."""
    heading = f"{record_name(link, 'left_')} and {record_name(link, 'right_')}"
    if link["method"] != BY_WEIGHT:
        return [f"{heading}: {sentence(link)}"]
    return [f"{heading}: {sentence(link)}", *[f"  {line}" for line in waterfall(link)]]


def event_lines(events: Sequence[Row], customer: str) -> list[str]:
    """What happened to the customer, one line per event, the oldest first.

    Args:
        events: rows of ``gold_identity_events`` that name the customer on either side.
        customer: whose events they are.
    """
    ordered = sorted(events, key=lambda row: (row["sequence"], _ORDER.get(row["event"], 9), row["event_id"]))
    return [f"{row['run_time']:%Y-%m-%d %H:%M}  {_told(row, customer)}" for row in ordered]


_ORDER = {
    "forced": 0,
    "created": 1,
    "restored": 1,
    "split": 1,
    "absorbed": 2,
    "left": 3,
    "merged": 4,
    "retired": 5,
}


def _told(row: Row, customer: str) -> str:
    other, event = row["other_customer_id"], row["event"]
    mine = row["customer_id"] == customer
    record = record_name(row) if row["source"] else ""
    if event == "forced":
        second = record_name({"source": row["other_source"], "key": row["other_source_key"]})
        return f"decided    {record} and {second}: {row['reason']}"
    if event in ("absorbed", "split") and other and not mine:
        return f"gave       {record} to {row['customer_id']} ({row['reason']})"
    if event == "merged":
        return (
            f"merged     into {other} ({row['reason']})"
            if mine
            else f"took over  {row['customer_id']} ({row['reason']})"
        )
    came = f" from {other}" if other else ""
    return f"{event:<10} {record}{came} ({row['reason']})" if record else f"{event:<10} ({row['reason']})"
