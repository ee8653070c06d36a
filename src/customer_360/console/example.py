"""What a run shows people at its end besides numbers: decisions that it did not obey, and one customer."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING

from kedro.io import DataCatalog
from rich.console import Console
from rich.markup import escape

from customer_360.console.decision_notes import CROSSWALK, TABLE, obeyed_lines
from customer_360.datasets import DeltaTableDataset
from customer_360.engine import running_engine
from customer_360.privacy import shows_personal_values
from customer_360.serving import EngineReader, best_known_customer, read_customer, short_card_lines

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_CUSTOMERS = "gold_customer_360"


def print_decisions(console: Console, catalog: DataCatalog, tables: Mapping[str, DeltaTableDataset]) -> None:
    """Print the rows of the decision file that the customers of this run do not follow."""
    if TABLE not in tables or CROSSWALK not in tables or tables[TABLE].rows == 0:
        return
    if lines := obeyed_lines(catalog):
        console.print(f"\n[bold yellow]{escape(lines[0])}[/bold yellow]")
        for line in lines[1:]:
            console.print(escape(line))


def print_customer(
    console: Console, tables: Mapping[str, DeltaTableDataset], *, lakehouse: str | None
) -> None:
    """Print the card of a customer whose records are in most systems, and the command to see more.

    Args:
        console: where to print.
        tables: that the run wrote.
        lakehouse: where the run was told to write; None if it was not told.
    """
    if _CUSTOMERS not in tables or running_engine() == "active":
        return  # a notebook has no command line
    customer_id = best_known_customer(tables[_CUSTOMERS].load())
    if customer_id is None:
        return

    def load(table: str) -> DataFrame | None:
        dataset = tables.get(table.replace("/", "_", 1))
        return None if dataset is None else dataset.load()

    customer = read_customer(EngineReader(load), customer_id, history=False)
    console.print(f"\n[bold]One customer, known to {len(customer.sources)} systems[/bold]")
    for line in short_card_lines(customer, show_values=shows_personal_values()):
        console.print(escape(f"  {line}".rstrip()))
    option = f" --lakehouse {quote(lakehouse)}" if lakehouse else ""
    console.print(escape(f"  More: kedro customer {customer_id}{option}"))
