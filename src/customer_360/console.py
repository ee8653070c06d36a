"""What a person sees of a run: a line per node while it works, a summary when it is done."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from rich.console import Console
from rich.table import Table

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.engine import running_engine

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.io import DataCatalog
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node

LAYERS = ("bronze", "silver", "gold")


@dataclass
class _Progress:
    total: int = 0
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    node_started: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)


class ConsoleHooks:
    """Prints progress and summary; leaves Kedro's own log to the logging configuration."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._progress = _Progress()
        self._status: Any = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember what the summary names: where the tables are and which sources were read."""
        self._parameters = context.params

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Announce the run."""
        self._progress = _Progress(total=len(pipeline.nodes))
        sources = "made-up sample systems" if self._parameters.get("sources") == "sample" else "live systems"
        self._console.print(
            f"[bold]customer_360[/bold]: {len(pipeline.nodes)} steps on engine "
            f"[bold]{self._parameters.get('engine')}[/bold], reading {sources}"
        )

    @hook_impl
    def before_dataset_loaded(self, node: Node) -> None:
        """A node's work begins with its first input."""
        if node.name not in self._progress.node_started:
            self._progress.node_started[node.name] = time.monotonic()
            self._progress.waiting[node.name] = set(node.outputs)
            if self._console.is_terminal:
                self._status = self._console.status(f"{node.name} …")
                self._status.start()

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
            f"  [green]✓[/green] {self._progress.done:>{width}}/{self._progress.total} "
            f"{node.name:<28} [dim]{seconds:5.1f} s[/dim]"
        )

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
        if tables:
            self._print_tables(tables)
        report = next((t for n, t in tables.items() if n in ("gold_run_report",)), None) or next(
            (t for n, t in tables.items() if n == "silver_quality_report"), None
        )
        if report is not None:
            self._print_report([row.asDict() for row in report.load().collect()])
        self._print_next(tables)

    def _print_tables(self, tables: dict[str, DeltaTableDataset]) -> None:
        grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        grid.add_column("table")
        grid.add_column("rows", justify="right")
        for name, dataset in tables.items():
            layer, _, table = name.partition("_")
            grid.add_row(f"{layer}/{table}", f"{dataset.load().count():,}")
        self._console.print(grid)

    def _print_report(self, rows: list[dict[str, Any]]) -> None:
        quarantined = [row for row in rows if row["metric"] == "error" and row["records"]]
        if quarantined:
            self._console.print("\n[bold]Quarantined[/bold] (rows by reason; a row may have several)")
            for row in quarantined:
                self._console.print(f"  {row['source']:<10} {row['reason']:<28} {row['records']:>8,}")
        linked = {row["source"]: row["records"] for row in rows if row["metric"] == "linked"}
        if linked:
            self._console.print("\n[bold]Linked to a customer[/bold]")
            for source, records in sorted(linked.items()):
                missed = [r for r in rows if r["source"] == source and r["metric"] == "unlinked" and r["records"]]
                total = records + sum(r["records"] for r in missed)
                why = ", ".join(f"{r['records']:,} {str(r['reason']).replace('_', ' ')}" for r in missed)
                self._console.print(f"  {source:<10} {records:>8,} of {total:,}" + (f"  ({why})" if why else ""))

    def _print_next(self, tables: dict[str, DeltaTableDataset]) -> None:
        if not tables:
            return
        root = next(iter(tables.values())).table_path.rsplit("/Tables/", 1)[0].removeprefix("file://")
        self._console.print(f"\nTables are in [bold]{root}/Tables[/bold]. Try next:")
        self._console.print("  kedro viz run                              the pipelines, tables and charts in a browser")
        self._console.print("  kedro run --params sample_customers=5000   more customers")
        self._console.print("  kedro run --params engine=spark            the same on JVM Spark (needs a Java)")

    def _stop_status(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def _written_tables(pipeline: Pipeline, catalog: DataCatalog) -> dict[str, DeltaTableDataset]:
    """The Delta tables that this run wrote, in the order of the layers."""
    names = sorted(
        (name for name in pipeline.all_outputs() if name.split("_")[0] in LAYERS),
        key=lambda name: (LAYERS.index(name.split("_")[0]), name),
    )
    found = {name: catalog.get(name) for name in names}
    return {name: dataset for name, dataset in found.items() if isinstance(dataset, DeltaTableDataset)}
