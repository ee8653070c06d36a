"""What changed in a table or query of an SQL database: by the time in a column, compared by the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Number
from typing import Any

from customer_360.datasets.incremental.question import CannotAskError, Question
from customer_360.datasets.incremental.settings import IncrementalSettings
from customer_360.datasets.incremental.times import like, wall_clock

# How kedro-datasets calls them.
_SQL = ("SQLTableDataset", "SQLQueryDataset")
# A colon before a name is a parameter to SQLAlchemy; in the text of a query it is whatever the database takes it for.
_COLON = re.compile(r":(?=\w)")
_MIXED = "mixed"


class SqlChanges:
    """Reads of an SQL source what is asked for, always by one kind of statement, so that values come alike."""

    def __init__(self, dataset: Any, entry: Mapping[str, Any], settings: IncrementalSettings) -> None:
        """Nothing is connected to yet.

        Args:
            dataset: a ``pandas.SQLTableDataset`` or ``pandas.SQLQueryDataset``.
            entry: its entry in the catalog.
            settings: how it is asked.
        """
        self._dataset, self._entry, self._settings = dataset, entry, settings
        self._load_args = dict(entry.get("load_args") or {})

    def frame(self, asked: Question) -> Any:
        """The rows that are asked for, as a pandas frame."""
        import pandas as pd
        import sqlalchemy as sa

        engine = self._dataset.engine
        rows: Any = self._of_table(engine) if "table_name" in self._entry else self._of_query()
        if asked.since is not None:
            column: Any = self._column(rows)
            since = sa.literal(*self._since(asked))
            rows = rows.where(sa.or_(column >= since, column.is_(None)))
        options = self._entry.get("execution_options") or {}
        left_out = ("schema", "columns")
        how = {name: value for name, value in self._load_args.items() if name not in left_out}
        return pd.read_sql_query(rows, con=engine.execution_options(**options), **how)

    def _of_table(self, engine: Any) -> Any:
        import sqlalchemy as sa

        name, schema = self._entry["table_name"], self._load_args.get("schema")
        table = sa.Table(name, sa.MetaData(), schema=schema, autoload_with=engine)
        wanted = self._load_args.get("columns")
        if wanted is None:
            return sa.select(table)
        return sa.select(*[table.c[one] for one in dict.fromkeys([*wanted, self._settings.field])])

    def _of_query(self) -> Any:
        """The query as a table of its own; a condition of ours stands outside."""
        import sqlalchemy as sa

        sql = _COLON.sub(r"\\:", str(self._entry["sql"]).strip().rstrip(";"))
        return sa.select(sa.literal_column("*")).select_from(sa.text(f"({sql}) pulled_rows"))

    def _column(self, rows: Any) -> Any:
        import sqlalchemy as sa

        name = str(self._settings.field)
        found = rows.selected_columns.get(name)
        return sa.column(name) if found is None else found

    def _since(self, asked: Question) -> tuple[Any, Any]:
        """What the column is compared with, and its type, by the values that it had."""
        import sqlalchemy as sa

        assert asked.since is not None
        wall = wall_clock(asked.since, self._settings.zone)
        if asked.kind == "aware":
            return asked.since, sa.DateTime(timezone=True)
        if asked.kind == "naive":
            return wall, sa.DateTime()
        if asked.kind == "date":
            return wall.date(), sa.Date()
        if asked.example is None or asked.kind not in ("text", "number"):
            raise CannotAskError(
                f"the values of '{self._settings.field}' are of several types, or of one without times"
            )
        text = like(asked.example, asked.since, self._settings.zone)
        return (int(text), sa.BigInteger()) if asked.kind == "number" else (str(text), sa.String())


def is_sql(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a catalog is a table, or a query that stands in the entry itself."""
    return str(entry.get("type")).rpartition(".")[2] in _SQL and not entry.get("filepath")


def kind_of_column(column: Any) -> str:
    """Type of a column's values: ``aware``, ``naive``, ``date``, ``text``, ``number`` or ``mixed``; blank: none."""
    kinds = {_kind(value) for value in column.dropna()}
    return kinds.pop() if len(kinds) == 1 else _MIXED if kinds else ""


def _kind(value: Any) -> str:
    if isinstance(value, datetime):
        return "aware" if value.tzinfo else "naive"
    if isinstance(value, date):
        return "date"
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, Number | Decimal) and not isinstance(value, bool) else _MIXED
