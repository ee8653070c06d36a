"""What a person sees of a run: a line per node while it works, a summary when it is done."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from rich.console import Console
from rich.markup import escape

from customer_360.console.example import print_customer, print_decisions
from customer_360.console.going_on import command_to_go_on
from customer_360.console.hints import print_next
from customer_360.console.history import read_changes
from customer_360.console.next_steps import Given
from customer_360.console.summary import (
    Outcome,
    anew_sentences,
    print_summary,
    read_outcome,
    resolved_sentences,
    written_tables,
)
from customer_360.datasets import StagedSourceDataset
from customer_360.engine import Pull, running_engine
from customer_360.foundation import can_show, noun
from customer_360.sources import SOURCES

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.io import DataCatalog
    from kedro.pipeline import Pipeline
    from kedro.pipeline.node import Node

SECONDS_BETWEEN_LINES = 5.0


@dataclass
class _Progress:
    total: int = 0
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    node_started: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)


class ConsoleHooks:
    """Prints progress and summary; leaves Kedro's own log to the logging configuration.

    Attributes:
        outcome: of the last run, once it is done.
        verbose: whether the summary shows every table and every reason.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self.outcome: Outcome | None = None
        self.verbose = False
        self._progress = _Progress()
        self._status: Any = None
        self._last_line = time.monotonic()
        self._parameters: dict[str, Any] = {}
        self._given = Given()

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
        self._given = Given.of(context)

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
            f"[bold]customer_360[/bold]: {steps} {noun(steps, 'step')} on engine "
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
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Say how a source was asked that need not be asked for all."""
        if isinstance(data, Pull) and data.why:
            self._console.print(f"    {dataset_name.removeprefix('source_')}: {data.why}", markup=False)

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
    def on_pipeline_error(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Leave the terminal as it was, and say how to go on with what is done."""
        self._stop_status()
        done = {name for name, waiting in self._progress.waiting.items() if not waiting}
        command = command_to_go_on(pipeline, catalog, done, given=self._given, run_params=run_params)
        if command is not None:
            self._console.print(
                f"  What is done stays. To go on from there: [bold]{escape(command)}[/bold]", soft_wrap=True
            )

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print what changed, what was quarantined, what was linked, rows per table, and what to try next."""
        self._stop_status()
        seconds = time.monotonic() - self._progress.started
        tables = written_tables(pipeline, catalog)
        self._console.print(f"\n[bold]Done in {seconds:.1f} s[/bold] on {running_engine()}.")
        self.outcome = read_outcome(tables, seconds)
        changes = read_changes(tables, tuple(SOURCES), catalog.load("run_id"))
        resolved = [*resolved_sentences(pipeline, catalog), *anew_sentences(tables)]
        print_summary(self._console, self.outcome, changes, resolved, verbose=self.verbose)
        print_decisions(self._console, catalog, tables)
        print_customer(self._console, tables, lakehouse=self._given.lakehouse)
        print_next(self._console, tables, given=self._given)

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

    def on_interrupt(self) -> None:
        """Leave the terminal as it was."""
        self._stop_status()

    def _stop_status(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
