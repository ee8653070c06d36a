"""What a run says when it is done: rows per table, what was quarantined, and what was linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.kept import KeptTablesDataset

if TYPE_CHECKING:
    from kedro.io import DataCatalog
    from kedro.pipeline import Pipeline

LAYERS = ("bronze", "silver", "gold")

Line = Mapping[str, Any]


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


def print_tables(console: Console, rows: Mapping[str, int]) -> None:
    """Print the number of rows of each table."""
    if not rows:
        return
    names = [name.replace("_", "/", 1) for name in rows]
    counts = [f"{count:,}" for count in rows.values()]
    width, digits = max(map(len, names)), max(len("rows"), *map(len, counts))
    console.print(f"[bold]{'table':<{width}}  {'rows':>{digits}}[/bold]")
    for name, count in zip(names, counts, strict=True):  # no rich table: it cuts names on a narrow console
        console.print(f"{name:<{width}}  {count:>{digits}}")


def print_report(console: Console, rows: Sequence[Line]) -> None:
    """Print what was quarantined and why, which columns are empty, and which records found their customer."""
    errors = [row for row in rows if row["metric"] == "error" and row["records"]]
    if errors:
        total = sum(row["records"] for row in rows if row["metric"] == "quarantined")
        console.print(f"\n[bold]Quarantined[/bold]: {total:,} rows, by reason (a row may have several)")
        for row in sorted(errors, key=lambda row: (row["source"], -row["records"], row["reason"])):
            console.print(f"  {row['source']:<10} {row['reason']:<28} {row['records']:>8,}")
    empty = [f"{row['source']} {row['reason']}" for row in rows if row["metric"] == "empty_field"]
    if empty:
        console.print(f"\n[bold]Hardly any record has a value[/bold] in: {escape(', '.join(sorted(empty)))}")
    linked = linked_lines(rows)
    if linked:
        console.print("\n[bold]Linked to a customer[/bold]")
        for line in linked:
            console.print(f"  {line}")


def linked_lines(rows: Sequence[Line]) -> list[str]:
    """One line per source: how many of its records belong to a customer, and why the others do not."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["metric"] not in ("linked", "unlinked"):
            continue
        kind = "linked" if row["metric"] == "linked" else str(row["reason"])
        of_source = counts.setdefault(row["source"], {})
        of_source[kind] = of_source.get(kind, 0) + row["records"]
    lines = []
    for source, found in sorted(counts.items()):
        total, linked, own = sum(found.values()), found.pop("linked", 0), found.pop("own_customer", 0)
        notes = [f"{own:,} became customers of their own"] if own else []
        notes += [
            f"{records:,} {reason.replace('_', ' ')}" for reason, records in sorted(found.items()) if records
        ]
        lines.append(f"{source:<10} {linked:>8,} of {total:,}" + (f"  ({', '.join(notes)})" if notes else ""))
    return lines


def print_resolved(console: Console, pipeline: Pipeline, catalog: DataCatalog) -> None:
    """Print what identity resolution had to look at."""
    for name in sorted(pipeline.all_outputs()):
        dataset = catalog.get(name)
        if isinstance(dataset, KeptTablesDataset) and dataset.said:
            console.print(f"\n{escape(dataset.said)}")
