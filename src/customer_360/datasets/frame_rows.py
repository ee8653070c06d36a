"""Rows of pandas and Spark frames, a few at a time, and beside each the value by which changes are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from customer_360.datasets.json_text import parse_json

_NESTED = ("struct", "array", "map")
Rows = Iterator[tuple[Sequence[Any], Any]]


def rows_of(frame: Any, names: Sequence[str], watched: str | None) -> Rows:
    """Values of each row.

    Args:
        frame: of pandas or Spark.
        names: the columns that are wanted.
        watched: another column, or one of them: its value comes beside the row; None: nothing does.
    """
    return (_pandas_rows if hasattr(frame, "itertuples") else _spark_rows)(frame, names, watched)


def named_index(frame: Any) -> Any:
    """The pandas frame with its index as columns, where that has a name."""
    return frame.reset_index() if any(name is not None for name in frame.index.names) else frame


def _pandas_rows(frame: Any, names: Sequence[str], watched: str | None) -> Rows:
    columns = [str(name) for name in frame.columns]
    positions = [columns.index(name) for name in [*names, *([watched] if watched else [])]]
    for row in frame.iloc[:, positions].itertuples(index=False, name=None):
        yield (row[:-1], row[-1]) if watched else (row, None)


def _spark_rows(frame: Any, names: Sequence[str], watched: str | None) -> Rows:
    """Times are in the session's zone, as the engine writes them; one that is watched is in microseconds since 1970."""
    from pyspark.sql import functions as F

    types = {field.name: field.dataType.typeName() for field in frame.schema.fields}
    columns = [_text(name, types[name]) for name in names]
    if watched:
        column = F.col(f"`{watched}`")
        is_time = types[watched] == "timestamp"
        columns.append(
            (F.unix_micros(column) if is_time else _text(watched, types[watched])).alias("_watched")
        )
    nested = [types[name] in _NESTED for name in names]
    for row in frame.select(*columns).toLocalIterator():
        yield (
            [
                parse_json(value) if is_nested and value is not None else value
                for value, is_nested in zip(row, nested, strict=False)
            ],
            row[-1] if watched else None,
        )


def _text(name: str, kind: str) -> Any:
    from pyspark.sql import functions as F

    column = F.col(f"`{name}`")
    if kind in _NESTED:
        return F.to_json(column)
    return column.cast("string") if kind.startswith("timestamp") else column
