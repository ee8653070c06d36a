"""``kedro sql``: the tables of the lakehouse, by SQL."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from customer_360.datasets import DeltaTableDataset
from customer_360.foundation import print_text, protect_console, say, write_files
from customer_360.lakehouse import split_table_path
from customer_360.lakehouse_sql import QueryResult, find_tables, run_query
from customer_360.parameters import only_reading

OUTPUT_FORMATS = ("table", "csv", "json")


@click.command(name="sql")
@click.argument("query", default="", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(OUTPUT_FORMATS),
    help="[default: table; with -o FILE, by its ending]",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the answer to a file: .csv or .json."
)
@click.option(
    "--rows",
    default=100,
    show_default=True,
    type=click.IntRange(0),
    help="How many to show in a table; 0: all.",
)
@click.option("--lakehouse", help="Root of the lakehouse, if not the configured one.")
@click.option("--env", "-e", help="Kedro environment.")
def sql(
    *, query: str, form: str | None, output: Path | None, rows: int, lakehouse: str | None, env: str | None
) -> None:
    """Run a QUERY over the lakehouse: kedro sql "SELECT full_name, city FROM gold.customer_360 LIMIT 5".

    Tables are those of bronze, silver and gold as the last successful run published them; without a QUERY
    they are listed, and - reads it from standard input. The SQL is DuckDB's; it can read these tables and nothing
    else, and write nothing. Values are shown as they are.
    """
    protect_console()
    form = _format(form, output)
    text = sys.stdin.read() if query == "-" else query
    found = run_query(find_tables(_root(lakehouse, env)), text)
    if output is None:
        print_text(_text(found, form, rows))
        return
    parts = _text(found, form, 0)
    write_files({output: lambda file: file.writelines(part.encode() for part in parts)}, make_folders=False)
    say(f"{output} written.", error=True)


def _format(form: str | None, output: Path | None) -> str:
    if form is not None or output is None:
        return form or OUTPUT_FORMATS[0]
    ending = output.suffix.lower().removeprefix(".")
    if ending not in OUTPUT_FORMATS[1:]:
        raise click.ClickException(f"{output}: the name must end in .csv or .json, or say --format.")
    return ending


def _root(lakehouse: str | None, env: str | None) -> str:
    """Where the lakehouse is; what a run does to get there is done: settings, address and credentials of OneLake."""
    bootstrap_project(Path.cwd())
    with KedroSession.create(
        project_path=Path.cwd(), env=env, runtime_params=only_reading(lakehouse)
    ) as session:
        assert isinstance(session, KedroSession)
        table = session.load_context().catalog.get("gold_customer_360")
    assert isinstance(table, DeltaTableDataset)
    place = split_table_path(table.table_path.removeprefix("file://"))
    assert place is not None
    return place[0]


def _text(found: QueryResult, form: str, rows: int) -> Iterator[str]:
    from customer_360.lakehouse_sql import csv_text, json_text, table_text

    if form == "csv":
        return csv_text(found)
    if form == "json":
        return json_text(found)
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return table_text(found, limit=rows, width=shutil.get_terminal_size().columns if is_terminal else None)
