"""``kedro sql``: the tables of the lakehouse, by SQL."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io.core import DatasetError

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.lakehouse.manifest import split
from customer_360.lakehouse.paths import PathError
from customer_360.lakehouse.store import StoreError
from customer_360.lakehouse_sql import Answer, SqlError, answer, find_tables
from customer_360.onelake.address import OneLakeError
from customer_360.onelake.failures import explain_failure
from customer_360.parameters.run import RunSettingsError, only_reading
from customer_360.terminal import print_text, protect_console, say
from customer_360.whole_files import OutputError, write_files

FORMATS = ("table", "csv", "json")
_EXPECTED = (
    DatasetError,
    OneLakeError,
    OutputError,
    PathError,
    RunSettingsError,
    SqlError,
    StoreError,
    click.ClickException,
)


@click.command(name="sql")
@click.argument("query", default="", required=False)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="table if not said; of -o FILE, by its ending."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it to a file: .csv or .json.")
@click.option(
    "--rows", default=100, show_default=True, type=click.IntRange(0), help="Shown in a table; 0: all."
)
@click.option("--lakehouse", help="Root of the lakehouse, if not the configured one.")
@click.option("--env", "-e", help="Kedro environment.")
def sql(
    *, query: str, form: str | None, output: Path | None, rows: int, lakehouse: str | None, env: str | None
) -> None:
    """Ask the lakehouse a QUERY: kedro sql "SELECT full_name, city FROM gold.customer_360 LIMIT 5".

    Tables are those of bronze, silver and gold as the last run that ended well has published them; without a QUERY
    they are listed, and - reads it from standard input. The SQL is DuckDB's; it can read these tables and nothing
    else, and write nothing. Values are shown as they are.
    """
    protect_console()
    root, code = "", 0
    try:
        form = _format(form, output)
        text = sys.stdin.read() if query == "-" else query
        root = _root(lakehouse, env)
        found = answer(find_tables(root), text)
        if output is None:
            print_text(_text(found, form, rows))
        else:
            parts = _text(found, form, 0)
            write_files(
                {output: lambda file: file.writelines(part.encode() for part in parts)}, make_folders=False
            )
            say(f"{output} written.", error=True)
    except Exception as error:
        message = explain_failure(error) or (_message(error) if isinstance(error, _EXPECTED) else None)
        if message is None:
            raise
        say(message, colour="red", error=True)
        code = 1
    if "://" in root:
        _end(code)
    sys.exit(code)


def _end(code: int) -> None:
    """End the process here: delta-rs may abort it later, after it has read from OneLake."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)


def _message(error: Exception) -> str:
    return error.format_message() if isinstance(error, click.ClickException) else str(error)


def _format(form: str | None, output: Path | None) -> str:
    if form is not None or output is None:
        return form or FORMATS[0]
    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS[1:]:
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
    place = split(table.table_path.removeprefix("file://"))
    assert place is not None
    return place[0]


def _text(found: Answer, form: str, rows: int) -> Iterator[str]:
    from customer_360.lakehouse_sql.output import csv_text, json_text, table_text

    if form == "csv":
        return csv_text(found)
    if form == "json":
        return json_text(found)
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return table_text(found, limit=rows, width=shutil.get_terminal_size().columns if is_terminal else None)
