"""What a person sees of a run: a line per node while it works, a summary when it is done."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from rich.console import Console
from rich.markup import escape

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.kept import KeptTablesDataset
from customer_360.datasets.staged_source import StagedSourceDataset
from customer_360.engine import running_engine
from customer_360.terminal import can_show

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.io import DataCatalog
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node

LAYERS = ("bronze", "silver", "gold")
SECONDS_BETWEEN_LINES = 5.0


@dataclass
class _Progress:
    total: int = 0
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    node_started: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a finished run did: its duration, rows by dataset, the lines of its report, and what it published."""

    seconds: float
    rows: dict[str, int]
    report: list[dict[str, Any]]
    versions: dict[str, int] = field(default_factory=dict)


class ConsoleHooks:
    """Prints progress and summary; leaves Kedro's own log to the logging configuration.

    Attributes:
        outcome: of the last run, once it is done.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self.outcome: Outcome | None = None
        self._progress = _Progress()
        self._status: Any = None
        self._last_line = time.monotonic()
        self._parameters: dict[str, Any] = {}
        self._lakehouse: str | None = None  # where it was given for this run

    def print_to(self, console: Console) -> None:
        """Print elsewhere from now on."""
        self._console = console

    def say(self, text: str) -> None:
        """A line for people before the steps begin."""
        self._console.print(text, markup=False)

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember what the summary names: where the tables are and which sources were read."""
        self.outcome = None
        self._parameters = context.params
        self._lakehouse = (context.config_loader.runtime_params or {}).get("lakehouse")

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Announce the run, and listen to the sources' pulls."""
        steps = len(pipeline.nodes)
        self._progress = _Progress(total=steps)
        for name in pipeline.inputs():
            dataset = catalog.get(name)
            if isinstance(dataset, StagedSourceDataset):
                dataset.progress = partial(self._show_pull, name.removeprefix("source_"))
        sources = "made-up sample systems" if self._parameters.get("sources") == "sample" else "live systems"
        self._console.print(
            f"[bold]customer_360[/bold]: {steps} step{'' if steps == 1 else 's'} on engine "
            f"[bold]{self._parameters.get('engine')}[/bold], reading {sources}"
        )

    @hook_impl
    def before_dataset_loaded(self, node: Node) -> None:
        """A node's work begins with its first input."""
        if node.name not in self._progress.node_started:
            self._last_line = time.monotonic()
            self._progress.node_started[node.name] = time.monotonic()
            self._progress.waiting[node.name] = set(node.outputs)
            self._show_working(node.name)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, node: Node) -> None:
        """Spark works when a table is saved, so a node is done when its last output is."""
        waiting = self._progress.waiting.setdefault(node.name, set(node.outputs))
        waiting.discard(dataset_name)
        if waiting:
            return
        self._stop_status()
        self._progress.done += 1
        seconds = time.monotonic() - self._progress.node_started.get(node.name, time.monotonic())
        width = len(str(self._progress.total))
        self._console.print(
            f"  [green]{self._sign('✓', 'ok')}[/green] {self._progress.done:>{width}}/{self._progress.total} "
            f"{node.name:<28} [dim]{seconds:5.1f} s[/dim]"
        )

    @hook_impl
    def on_node_error(self, node: Node) -> None:
        """Say which step failed; what to do about it is said at the end."""
        self._stop_status()
        self._console.print(f"  [red]{self._sign('✗', 'x')} {node.name} failed[/red]")

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Leave the terminal as it was."""
        self._stop_status()

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print rows per table, what was quarantined, what was linked, and what to try next."""
        self._stop_status()
        seconds = time.monotonic() - self._progress.started
        tables = _written_tables(pipeline, catalog)
        self._console.print(f"\n[bold]Done in {seconds:.1f} s[/bold] on {running_engine()}.")
        rows = {
            name: dataset.load().count() if dataset.rows is None else dataset.rows
            for name, dataset in tables.items()
        }
        if rows:
            self._print_tables(rows)
        report = tables.get("gold_run_report") or tables.get("silver_quality_report")
        lines = [] if report is None else [row.asDict() for row in report.load().collect()]
        self._print_report(lines)
        self._print_resolved(pipeline, catalog)
        versions = {name: dataset.pinned for name, dataset in tables.items() if dataset.pinned is not None}
        self.outcome = Outcome(seconds=seconds, rows=rows, report=lines, versions=versions)
        self._print_next(tables)

    def _print_resolved(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """What identity resolution had to look at."""
        for name in sorted(pipeline.all_outputs()):
            dataset = catalog.get(name)
            if isinstance(dataset, KeptTablesDataset) and dataset.said:
                self._console.print(f"\n{escape(dataset.said)}")

    def _show_working(self, node: str) -> None:
        """One spinner, also when nodes run in threads."""
        if self._status is not None:
            self._status.update(f"{node} {self._sign('…', '...')}")
        elif self._console.is_terminal and not self._console.is_dumb_terminal:
            spinner = self._sign("dots", "line", needs="⠋")
            self._status = self._console.status(f"{node} {self._sign('…', '...')}", spinner=spinner)
            self._status.start()

    def _sign(self, sign: str, plain: str, *, needs: str | None = None) -> str:
        """The sign, or what stands for it on a console without Unicode."""
        return sign if can_show(needs or sign, self._console.encoding) else plain

    def _show_pull(self, source: str, received: int, total: int | None) -> None:
        """Progress of a pull: in place on a terminal, now and then as a line elsewhere."""
        text = f"{source}: {received:,}" + (f" of {total:,} records" if total else " records")
        if self._status is not None:
            self._status.update(f"pulling {text} {self._sign('…', '...')}")
        elif time.monotonic() - self._last_line > SECONDS_BETWEEN_LINES:
            self._console.print(f"    {text}")
            self._last_line = time.monotonic()

    def _print_tables(self, rows: dict[str, int]) -> None:
        names = [name.replace("_", "/", 1) for name in rows]
        counts = [f"{count:,}" for count in rows.values()]
        width, digits = max(map(len, names)), max(len("rows"), *map(len, counts))
        self._console.print(f"[bold]{'table':<{width}}  {'rows':>{digits}}[/bold]")
        for name, count in zip(
            names, counts, strict=True
        ):  # no rich table: it cuts names on a narrow console
            self._console.print(f"{name:<{width}}  {count:>{digits}}")

    def _print_report(self, rows: list[dict[str, Any]]) -> None:
        errors = [row for row in rows if row["metric"] == "error" and row["records"]]
        if errors:
            total = sum(row["records"] for row in rows if row["metric"] == "quarantined")
            self._console.print(
                f"\n[bold]Quarantined[/bold]: {total:,} rows, by reason (a row may have several)"
            )
            for row in sorted(errors, key=lambda row: (row["source"], -row["records"], row["reason"])):
                self._console.print(f"  {row['source']:<10} {row['reason']:<28} {row['records']:>8,}")
        empty = [f"{row['source']} {row['reason']}" for row in rows if row["metric"] == "empty_field"]
        if empty:
            self._console.print(
                f"\n[bold]Hardly any record has a value[/bold] in: {escape(', '.join(sorted(empty)))}"
            )
        linked = _linked_lines(rows)
        if linked:
            self._console.print("\n[bold]Linked to a customer[/bold]")
            for line in linked:
                self._console.print(f"  {line}")

    def _print_next(self, tables: dict[str, DeltaTableDataset]) -> None:
        if not tables:
            return
        root = next(iter(tables.values())).table_path.rsplit("/Tables/", 1)[0].removeprefix("file://")
        self._console.print(f"\nTables are in [bold]{escape(root)}/Tables[/bold].")
        if running_engine() == "active":
            return  # a notebook has no command line
        also = f"lakehouse={self._lakehouse}" if self._lakehouse else ""
        hints = [
            ("kedro viz run", [also], "the pipelines, tables and charts in a browser"),
            ("kedro run", ["sample_customers=5000", also], "more customers"),
            ("kedro run", ["engine=spark", also], "the same on JVM Spark (needs a Java)"),
        ]
        commands = [
            f"{command} --params {shlex.quote(given)}"
            if (given := ",".join(filter(None, settings)))
            else command
            for command, settings, _ in hints
        ]
        width = max(map(len, commands))
        self._console.print("Try next:")
        for command, (_, _, purpose) in zip(commands, hints, strict=True):
            self._console.print(f"  {escape(command):<{width}}  {purpose}")

    def on_interrupt(self) -> None:
        """Leave the terminal as it was."""
        self._stop_status()

    def _stop_status(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def _linked_lines(rows: list[dict[str, Any]]) -> list[str]:
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


def _written_tables(pipeline: Pipeline, catalog: DataCatalog) -> dict[str, DeltaTableDataset]:
    """The Delta tables that this run wrote, in the order of the layers."""
    names = sorted(
        (name for name in pipeline.all_outputs() if name.split("_")[0] in LAYERS),
        key=lambda name: (LAYERS.index(name.split("_")[0]), name),
    )
    found = {name: catalog.get(name) for name in names}
    return {name: dataset for name, dataset in found.items() if isinstance(dataset, DeltaTableDataset)}
