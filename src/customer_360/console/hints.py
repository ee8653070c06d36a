"""The last lines of a run: where its tables are, and what to try next."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from customer_360.console.next_steps import Given, next_steps
from customer_360.datasets import DeltaTableDataset
from customer_360.engine import running_engine


def print_next(console: Console, tables: Mapping[str, DeltaTableDataset], *, given: Given) -> None:
    """Print where the tables are and commands to go on with.

    Args:
        console: where to print.
        tables: that the run wrote; without any, nothing is said.
        given: what the run was told.
    """
    if not tables:
        return
    root = next(iter(tables.values())).table_path.rsplit("/Tables/", 1)[0].removeprefix("file://")
    console.print(f"\nTables are in [bold]{escape(root)}/Tables[/bold].")
    if running_engine() == "active":
        return  # a notebook has no command line
    steps = next_steps(given)
    width = max(len(command) for command, _ in steps)
    console.print("Try next:")
    for command, purpose in steps:
        console.print(f"  {escape(command):<{width}}  {purpose}")
