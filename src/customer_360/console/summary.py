"""What a run says when it is done: rows per table, what was quarantined, and what was linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from customer_360.console.history import ReportRow, RunChanges
from customer_360.console.records import (
    customer_line,
    linked_lines,
    reason_lines,
    record_lines,
    warning_line,
)
from customer_360.datasets import DeltaTableDataset, RunStateDataset
from customer_360.foundation import counted
from customer_360.reporting import CHANGED, DELETED, EVENT, NEW, NEWLY_QUARANTINED

if TYPE_CHECKING:
    from kedro.io import DataCatalog
    from kedro.pipeline import Pipeline

LAYERS = ("bronze", "silver", "gold")
_NAMED = 4  # tables, before the others are only counted
CHANGES = (NEW, CHANGED, DELETED, NEWLY_QUARANTINED, EVENT)
# What a run is for, and what it set aside: the tables that the short summary names.
MAIN_TABLES = (
    "gold_customer_360",
    "gold_customer_crosswalk",
    "gold_identity_review",
    "gold_unlinked_records",
    "silver_quarantine",
)


@dataclass(frozen=True)
class Outcome:
    """What a finished run did: its duration, rows by dataset, the lines of its report, and what it published."""

    seconds: float
    rows: dict[str, int]
    report: list[dict[str, Any]]
    versions: dict[str, int] = field(default_factory=dict)


def written_tables(pipeline: Pipeline, catalog: DataCatalog) -> dict[str, DeltaTableDataset]:
    """The Delta tables that a run wrote, in the order of the layers."""
    names = sorted(
        (name for name in pipeline.all_outputs() if name.split("_")[0] in LAYERS),
        key=lambda name: (LAYERS.index(name.split("_")[0]), name),
    )
    found = {name: catalog.get(name) for name in names}
    return {name: dataset for name, dataset in found.items() if isinstance(dataset, DeltaTableDataset)}


def read_outcome(tables: Mapping[str, DeltaTableDataset], seconds: float) -> Outcome:
    """Rows, report and versions of the tables that a run wrote."""
    report = tables.get("gold_run_report") or tables.get("silver_quality_report")
    return Outcome(
        seconds=seconds,
        rows={
            name: dataset.load().count() if dataset.rows is None else dataset.rows
            for name, dataset in tables.items()
        },
        report=[] if report is None else [row.asDict() for row in report.load().collect()],
        versions={name: dataset.pinned for name, dataset in tables.items() if dataset.pinned is not None},
    )


def print_summary(
    console: Console, outcome: Outcome, changes: RunChanges, resolved: Sequence[str], *, verbose: bool = False
) -> None:
    """Print what the run did: always what it refused, could not link or was warned of; all of it where wished.

    Args:
        console: where to print.
        outcome: rows and report of the run.
        changes: since the run before.
        resolved: what identity resolution had to look at, in sentences.
        verbose: every table, and every reason on a line of its own.
    """
    _print_records(console, outcome.report, changes)
    told = {
        "Customers": customer_line(outcome.report, changes),
        "Warnings": warning_line(outcome.report, changes.before),
        "Hardly any record has a value in": _empty_fields(outcome.report),
    }
    facts = [f"[bold]{title}[/bold]: {escape(text)}" for title, text in told.items() if text]
    for line in [*facts, *map(escape, resolved)]:
        console.print(line)
    if verbose:
        _print_reasons(console, outcome.report)
    shown = outcome.rows if verbose else main_tables(outcome.rows)
    if shown:
        console.print()
        print_tables(console, shown)
        if len(shown) < len(outcome.rows):
            console.print(f"(--verbose shows all {len(outcome.rows)} tables and all warnings.)")


def main_tables(rows: Mapping[str, int]) -> dict[str, int]:
    """The tables that people look at first; all where a part of the flow has written none of them."""
    return {name: rows[name] for name in MAIN_TABLES if name in rows} or dict(rows)


def _print_records(console: Console, report: Sequence[ReportRow], changes: RunChanges) -> None:
    table = record_lines(report, changes)
    if table:
        header, *lines = table
        console.print(_since(changes))
        console.print(f"[bold]{header}[/bold]")
        for line in lines:
            console.print(line, markup=False)
    if linked := linked_lines(report, changes.before):
        console.print("\n[bold]Linked to a customer[/bold]")
        for line in linked:
            console.print(f"  {line}", markup=False)
        console.print()


def _since(changes: RunChanges) -> str:
    if not changes.known:
        return ""
    when = "in this run" if changes.of_part else f"since {changes.since_text}"
    if not any(row["metric"] in CHANGES for row in changes.lines):
        return f"[bold]Nothing has changed[/bold] {when}."
    if changes.since is None and not changes.of_part:
        return "This is the first run that is counted: every record is new."
    return f"[bold]Changed[/bold] {when}:"


def _print_reasons(console: Console, report: Sequence[ReportRow]) -> None:
    for title, metric in {"Quarantined": "error", "Warnings": "warning"}.items():
        if lines := reason_lines(report, metric):
            console.print(f"\n[bold]{title}[/bold], by reason (a record may have several)")
            for line in lines:
                console.print(f"  {line}", markup=False)


def _empty_fields(report: Sequence[ReportRow]) -> str:
    return ", ".join(sorted(f"{r['source']} {r['reason']}" for r in report if r["metric"] == "empty_field"))


def print_tables(console: Console, rows: Mapping[str, int]) -> None:
    """Print the number of rows of each table."""
    names = [name.replace("_", "/", 1) for name in rows]
    counts = [f"{count:,}" for count in rows.values()]
    width, digits = max(map(len, names)), max(len("rows"), *map(len, counts))
    console.print(f"[bold]{'table':<{width}}  {'rows':>{digits}}[/bold]")
    for name, count in zip(names, counts, strict=True):  # no rich table: it cuts names on a narrow console
        console.print(f"{name:<{width}}  {count:>{digits}}")


def anew_sentences(tables: Mapping[str, DeltaTableDataset]) -> list[str]:
    """Which tables were computed anew where one would expect only changes, and why."""
    because: dict[str, list[str]] = {}
    for name, dataset in tables.items():
        if dataset.note:
            because.setdefault(dataset.note, []).append(name.replace("_", "/", 1))
    return [f"Computed anew, since {why}: {_named(names)}" for why, names in because.items()]


def _named(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {counted(len(names) - _NAMED, 'other table')}"


def resolved_sentences(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    """What identity resolution had to look at."""
    datasets = (catalog.get(name) for name in sorted(pipeline.all_outputs()))
    return [one.summary for one in datasets if isinstance(one, RunStateDataset) and one.summary]
