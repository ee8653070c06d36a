"""One query over the tables of a lakehouse, in a DuckDB that can reach nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from customer_360.lakehouse_sql.connection import SqlError, check_is_query, locked_up, said, told
from customer_360.lakehouse_sql.tables import LakehouseTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_END = re.compile(r"\s*;\s*(?:--[^\n]*\s*)*$")
_LIST = re.compile(r"\s*SHOW\s+(?:ALL\s+)?TABLES\s*;?\s*", re.IGNORECASE)
_NUMBERS = frozenset(
    {
        "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
        "float", "double", "decimal",
    }
)  # fmt: skip
_NESTED = frozenset({"list", "array", "struct", "map", "union"})
_NAME_OF_ALL = "lakehouse_tables"


@dataclass(frozen=True)
class ResultColumn:
    """A column of an answer: its name, unlike all others, and DuckDB's word for its type."""

    name: str
    kind: str

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in _NUMBERS


class QueryResult:
    """The rows that a query gives, read when they are asked for, batch by batch."""

    def __init__(self, connection: DuckDBPyConnection, query: str) -> None:
        """Bind the query. Raises duckdb.Error where it cannot be."""
        found = connection.sql(query)
        kinds = [kind.id for kind in found.types]
        names = _unlike(found.columns)
        self.columns = [ResultColumn(name, kind) for name, kind in zip(names, kinds, strict=True)]
        self._connection = connection
        self._from = f"FROM ({query}\n) AS answer({', '.join(map(_quoted, names))})"

    def texts(self, limit: int) -> list[tuple[str | None, ...]]:
        """At most ``limit`` rows (0: all), each value as text, null as None."""
        values = ", ".join(f"CAST({_as_text(column)} AS VARCHAR)" for column in self.columns)
        end = f" LIMIT {int(limit)}" if limit else ""
        with told():
            rows: list[tuple[str | None, ...]] = self._connection.sql(
                f"SELECT {values} {self._from}{end}"
            ).fetchall()
        return rows

    def batches(self) -> Any:
        """The rows for a CSV file (``pyarrow.RecordBatchReader``): numbers and booleans as such, all else as text."""
        plain = {column.name for column in self.columns if column.is_number or column.kind == "boolean"}
        values = [
            f"{_quoted(column.name) if column.name in plain else f'CAST({_as_text(column)} AS VARCHAR)'}"
            f" AS {_quoted(column.name)}"
            for column in self.columns
        ]
        with told():
            return self._connection.sql(f"SELECT {', '.join(values)} {self._from}").to_arrow_reader()

    def objects(self) -> Iterator[str]:
        """Each row as a JSON object; what is no number (NaN, infinity) is null."""
        values = ", ".join(
            f"CASE WHEN isfinite({name}) THEN {name} END AS {name}"
            if column.kind in ("float", "double")
            else name
            for column in self.columns
            for name in [_quoted(column.name)]
        )
        with told():
            rows: Any = self._connection.execute(
                f"SELECT CAST(to_json(line) AS VARCHAR) FROM (SELECT {values} {self._from}) AS line"  # noqa: S608
            )
            while found := rows.fetchmany(10_000):
                yield from (text for (text,) in found)


def run_query(tables: Mapping[str, LakehouseTable], query: str = "") -> QueryResult:
    """Ask a lakehouse.

    Args:
        tables: of the lakehouse, as ``find_tables`` gives them. Only those are opened that the query mentions.
        query: one SELECT (or DESCRIBE, SUMMARIZE, PIVOT, SHOW TABLES) in DuckDB's SQL; blank: which tables there are.
            A table is ``gold.customer_360``, or ``customer_360`` where no other layer has one of that name.

    Raises:
        SqlError: no query, several statements, or one that is refused; an unknown table or column; a failure.
        DatasetError: ``duckdb`` is not installed, or a table cannot be read.
    """
    connection = locked_up()
    if not query.strip() or _LIST.fullmatch(query):
        return _all_tables(connection, tables)
    mentioned = [table for table in tables.values() if _mentions(query, table.name)]
    import duckdb

    try:
        check_is_query(connection, query)
        _register(connection, mentioned, tables)
        return QueryResult(connection, _END.sub("", query))
    except duckdb.CatalogException as error:
        raise SqlError(_unknown_table(query, tables) or said(error)) from None
    except duckdb.BinderException as error:
        hint = "".join(f'\nColumns: kedro sql "DESCRIBE {table.sql_name}"' for table in mentioned)
        raise SqlError(f"{said(error)}{hint}") from None
    except duckdb.Error as error:
        raise SqlError(said(error)) from None


def _mentions(query: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", query, re.IGNORECASE) is not None


def _register(
    connection: DuckDBPyConnection, wanted: Iterable[LakehouseTable], tables: Mapping[str, LakehouseTable]
) -> None:
    """Make the tables known by their names in SQL, and without the layer where that tells one."""
    names = [table.name for table in tables.values()]
    for number, table in enumerate(wanted):
        opened = table.open()
        if opened is None:
            continue
        source = f"delta_{number}"
        connection.register(source, opened.to_pyarrow_dataset())
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(table.layer)}")
        places = [f"{_quoted(table.layer)}.{_quoted(table.name)}"]
        places += [_quoted(table.name)] if names.count(table.name) == 1 else []
        for place in places:
            connection.execute(f"CREATE VIEW {place} AS SELECT * FROM {source}")  # noqa: S608


def _all_tables(connection: DuckDBPyConnection, tables: Mapping[str, LakehouseTable]) -> QueryResult:
    """``table, rows, columns, version``: one row per table."""
    import pyarrow as pa

    rows = []
    for table in tables.values():
        opened = table.open()
        if opened is None:
            continue
        data = opened.to_pyarrow_dataset()
        count = data.count_rows() if table.rows is None else table.rows
        rows.append((table.sql_name, count, len(data.schema), opened.version()))
    listed = pa.table(
        {name: [row[at] for row in rows] for at, name in enumerate(("table", "rows", "columns", "version"))}
    )
    connection.register(_NAME_OF_ALL, listed)
    return QueryResult(connection, f"SELECT * FROM {_NAME_OF_ALL}")  # noqa: S608


def _unknown_table(query: str, tables: Mapping[str, LakehouseTable]) -> str:
    """What a query calls a table and is none; nothing where that is not what is wrong with it."""
    import duckdb

    try:
        asked = duckdb.connect().get_table_names(query, qualified=True)
    except duckdb.Error:
        return ""
    bare = [table.name for table in tables.values()]
    for name in sorted(asked):
        name = re.sub(r" AS .*", "", name).replace('"', "")  # noqa: PLW2901
        layers = [table.layer for table in tables.values() if table.name == name]
        if len(layers) > 1:
            return f"{name} is in {' and '.join(layers)}: write {' or '.join(f'{one}.{name}' for one in layers)}."
        if name not in tables and name not in bare:
            return f"There is no table {name}. {_meant(name, tables)}"
    return ""


def _meant(name: str, tables: Mapping[str, LakehouseTable]) -> str:
    if not tables:
        return "The lakehouse has none yet: kedro run writes them."
    ways = {table.sql_name: key for key, table in tables.items()}
    ways |= {sql_name.replace(".", "_", 1): key for sql_name, key in ways.items()}
    ways |= {table.name: key for key, table in tables.items()}
    near = get_close_matches(name.lower(), ways, n=1)
    hint = f"Did you mean {ways[near[0]]}? " if near else ""
    return f"{hint}Tables: {', '.join(tables)}."


def _unlike(names: Iterable[str]) -> list[str]:
    """The names, with a number where a join gives one twice (DuckDB takes ``A`` and ``a`` for the same)."""
    found: dict[str, str] = {}
    for name in names:
        other, number = name, 0
        while other.lower() in found:
            number += 1
            other = f"{name}_{number}"
        found[other.lower()] = other
    return list(found.values())


def _as_text(column: ResultColumn) -> str:
    name = _quoted(column.name)
    return f"to_json({name})" if column.kind in _NESTED else name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
