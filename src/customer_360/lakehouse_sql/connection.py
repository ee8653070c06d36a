"""A DuckDB that can read the tables that it is given, and reach nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kedro.io.core import DatasetError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_QUERIES = ("SELECT", "MULTI")  # PIVOT is several statements to DuckDB
_KIND_OF_ERROR = re.compile(r"^[\w ]+ Error: ")


class SqlError(ValueError):
    """The query cannot be answered; the message says why and what there is."""


def locked_up() -> DuckDBPyConnection:
    """A DuckDB in memory that reads and writes no file, loads no extension and sees no variable of Python.

    Raises:
        DatasetError: ``duckdb`` or ``pyarrow`` is not installed.
    """
    try:
        import duckdb
        import pyarrow.dataset  # noqa: F401
    except ImportError as error:
        raise DatasetError(
            f"SQL over the lakehouse needs a package that is not installed ({error.name}). "
            "Install it with: pip install 'customer_360[sql]' (in the project: make install)."
        ) from error
    connection = duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": "",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    return connection


def check_is_query(connection: DuckDBPyConnection, query: str) -> None:
    """Let one query pass, and no statement of another kind.

    Raises:
        SqlError: none, several, or one that does more than read.
        duckdb.Error: it is no SQL.
    """
    statements = connection.extract_statements(query)
    if len(statements) != 1:
        raise SqlError(f"Give one query: there are {len(statements)}.")
    if (kind := statements[0].type.name) not in _QUERIES:
        raise SqlError(f"{kind} is refused: a query only reads. Give a SELECT.")


@contextmanager
def told() -> Iterator[None]:
    """Errors of DuckDB as ours.

    Raises:
        SqlError: a statement failed inside.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise SqlError(said(error)) from None


def said(error: Exception) -> str:
    """What DuckDB says; of what it is not allowed to do, why."""
    import duckdb

    text = _KIND_OF_ERROR.sub("", str(error)).strip()
    refused = isinstance(error, duckdb.PermissionException)
    return (
        f"Refused: a query reads the tables of the lakehouse, and nothing else. {text}" if refused else text
    )
