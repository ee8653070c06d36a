"""The summary's lines about records: what came, what was refused and why, and what found its customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from customer_360.console.history import ReportRow, RunChanges
from customer_360.foundation import noun
from customer_360.reporting import ALL_SOURCES, CHANGED, DELETED, EVENT, NEW

_MOST = 3
# Identity events in the order in which they are told, and their words after a number.
_EVENTS = {
    "created": "created",
    "restored": "restored",
    "split": "split off",
    "merged": "merged into others",
    "retired": "ended",
    "absorbed": "record{s} joined one",
    "left": "record{s} left theirs",
    "forced": "decision{s} began or ended",
}


def record_lines(report: Sequence[ReportRow], changes: RunChanges) -> list[str]:
    """A table with a line per source: its records, how many are new, changed, deleted, and quarantined and why.

    Args:
        report: ``source, metric, reason, records`` of this run.
        changes: since the run before. Columns of which nothing is known are left out.
    """
    sources = sorted({row["source"] for row in [*report, *changes.lines]} - {ALL_SOURCES})
    columns: dict[str, Callable[[str], str]] = {}
    if any(row["metric"] == "bronze" for row in report):
        columns["records"] = lambda source: f"{_sum(report, source, 'bronze'):,}"
    if changes.known:
        for metric in (NEW, CHANGED, DELETED):
            columns[metric] = _counter(changes.lines, metric)
    if not sources or not columns:
        return []
    cells = {name: [name, *(of(source) for source in sources)] for name, of in columns.items()}
    widths = {name: max(map(len, texts)) for name, texts in cells.items()}
    names = ["source", *sources]
    lines = [
        "  ".join([f"{name:<{max(map(len, names))}}", *(f"{cells[c][i]:>{widths[c]}}" for c in columns)])
        for i, name in enumerate(names)
    ]
    if "records" not in columns:
        return lines
    refused = ["quarantined", *(_quarantined(report, changes.before, source) for source in sources)]
    return [f"{line}  {text}" for line, text in zip(lines, refused, strict=True)]


def linked_lines(rows: Sequence[ReportRow], before: Sequence[ReportRow] = ()) -> list[str]:
    """One line per source: how many of its records belong to a customer, and why the others do not.

    Args:
        rows: the report of this run.
        before: that of the run before, to tell what has become more or less; empty if there is none.
    """
    counts, former = _linked_counts(rows), _linked_counts(before)
    lines = []
    for source, now in sorted(counts.items()):
        of_before = former.get(source, {})
        found = dict.fromkeys(of_before, 0) | now
        total, linked = sum(found.values()), found.pop("linked", 0)
        told = {
            kind: _with_change(n, of_before.get(kind, 0) if before else None) for kind, n in found.items()
        }
        own = told.pop("own_customer", "")
        became = noun(found.get("own_customer", 0), "a customer of its own", "customers of their own")
        notes = [f"{own} became {became}"] if own else []
        notes += [f"{text} {reason.replace('_', ' ')}" for reason, text in sorted(told.items()) if text]
        lines.append(f"{source:<10} {linked:>8,} of {total:,}" + (f"  ({', '.join(notes)})" if notes else ""))
    return lines


def customer_line(report: Sequence[ReportRow], changes: RunChanges) -> str:
    """How many customers there are, and what has happened to them since the run before; blank if unknown."""
    customers = [row["records"] for row in report if row["metric"] == "customers"]
    if not customers:
        return ""
    former = [row["records"] for row in changes.before if row["metric"] == "customers"]
    happened = {row["reason"]: row["records"] for row in changes.lines if row["metric"] == EVENT}
    told = [
        f"{happened[event]:,} {words.format(s='' if happened[event] == 1 else 's')}"
        for event, words in _EVENTS.items()
        if happened.get(event)
    ]
    count = _with_change(customers[0], former[0] if former else None) or "0"
    return f"{count}" + (f": {', '.join(told)}" if told else "")


def warning_line(report: Sequence[ReportRow], before: Sequence[ReportRow]) -> str:
    """How many warnings there are about records that were kept, and what most of them say; blank without any."""
    found = sorted(
        (row for row in report if row["metric"] == "warning" and row["records"]),
        key=lambda row: (-row["records"], row["source"], row["reason"]),
    )
    if not found:
        return ""
    former = sum(row["records"] for row in before if row["metric"] == "warning") if before else None
    total = _with_change(sum(row["records"] for row in found), former)
    most = [f"{row['source']} {row['reason']} {row['records']:,}" for row in found[:_MOST]]
    return f"{total} about records that were kept, mostly {', '.join(most)}"


def reason_lines(report: Sequence[ReportRow], metric: str) -> list[str]:
    """One line per source and reason of a metric, the most frequent first."""
    found = [row for row in report if row["metric"] == metric and row["records"]]
    found.sort(key=lambda row: (row["source"], -row["records"], row["reason"]))
    return [f"{row['source']:<10} {row['reason']:<28} {row['records']:>8,}" for row in found]


def _counter(lines: Sequence[ReportRow], metric: str) -> Callable[[str], str]:
    return lambda source: f"{_sum(lines, source, metric):,}"


def _quarantined(report: Sequence[ReportRow], before: Sequence[ReportRow], source: str) -> str:
    former = _sum(before, source, "quarantined") if before else None
    total = _with_change(_sum(report, source, "quarantined"), former)
    errors = [row for row in report if (row["source"], row["metric"]) == (source, "error") and row["records"]]
    errors.sort(key=lambda row: (-row["records"], row["reason"]))
    reasons = ", ".join(f"{row['records']:,} {row['reason']}" for row in errors)
    return f"{total or '0'}" + (f": {reasons}" if reasons else "")


def _linked_counts(rows: Sequence[ReportRow]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["metric"] not in ("linked", "unlinked"):
            continue
        kind = "linked" if row["metric"] == "linked" else str(row["reason"])
        of_source = counts.setdefault(row["source"], {})
        of_source[kind] = of_source.get(kind, 0) + row["records"]
    return counts


def _with_change(count: int, before: int | None) -> str:
    """A number, with what it has become more or less by; blank where it is nothing and was nothing."""
    if before is None or before == count:
        return f"{count:,}" if count else ""
    return f"{count:,} ({count - before:+,})"


def _sum(rows: Sequence[ReportRow], source: str, metric: str) -> int:
    return sum(row["records"] for row in rows if (row["source"], row["metric"]) == (source, metric))
