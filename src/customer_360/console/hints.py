"""The last lines of a run: where its tables are, and what to try next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.engine import running_engine


def print_next(console: Console, tables: Mapping[str, DeltaTableDataset], *, lakehouse: str | None) -> None:
    """Print where the tables are and commands to go on with.

    Args:
        console: where to print.
        tables: that the run wrote; without any, nothing is said.
        lakehouse: where the run was told to write; None if it was not told.
    """
    if not tables:
        return
    root = next(iter(tables.values())).table_path.rsplit("/Tables/", 1)[0].removeprefix("file://")
    console.print(f"\nTables are in [bold]{escape(root)}/Tables[/bold].")
    if running_engine() == "active":
        return  # a notebook has no command line
    also = f"lakehouse={lakehouse}" if lakehouse else ""
    hints = [
        ("kedro viz run", [also], "the pipelines, tables and charts in a browser"),
        ("kedro run", ["sample_customers=5000", also], "more customers"),
        ("kedro run", ["engine=spark", also], "the same on JVM Spark (needs a Java)"),
    ]
    commands = [
        f"{command} --params {shlex.quote(given)}" if (given := ",".join(filter(None, settings))) else command
        for command, settings, _ in hints
    ]
    width = max(map(len, commands))
    console.print("Try next:")
    for command, (_, _, purpose) in zip(commands, hints, strict=True):
        console.print(f"  {escape(command):<{width}}  {purpose}")
