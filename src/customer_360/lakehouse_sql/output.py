"""The rows of an answer as text: a table for people, CSV, JSON."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len

from customer_360.foundation import noun
from customer_360.lakehouse_sql.connection import told
from customer_360.lakehouse_sql.query import QueryResult

NULL = "NULL"
_GAP = "  "


def table_text(answer: QueryResult, *, limit: int, width: int | None) -> Iterator[str]:
    """A table; where it is wider than the terminal, each row by itself, a line per column.

    Args:
        answer: of the query.
        limit: rows to show, 0 for all; that there are more is said.
        width: of the terminal; None: any width will do.
    """
    rows = answer.texts(limit + 1 if limit else 0)
    more = limit and len(rows) > limit
    shown = [[NULL if value is None else _visible(value) for value in row] for row in rows[: limit or None]]
    names = [_visible(column.name) for column in answer.columns]
    widths = [max(map(cell_len, [name, *cells])) for name, *cells in zip(names, *shown, strict=True)]
    if width is None or sum(widths) + len(_GAP) * (len(widths) - 1) <= width:
        right = [column.is_number for column in answer.columns]
        yield from (_line(row, widths, right) for row in [names, ["-" * one for one in widths], *shown])
    else:
        yield from _records(names, shown)
    count = noun(len(shown), "row")
    if more:
        yield f"(the first {limit:,} {count}; --rows 0 shows all, -o FILE.csv writes all)\n"
    else:
        yield f"({len(shown):,} {count})\n"


def csv_text(answer: QueryResult) -> Iterator[str]:
    """CSV with a header: null is nothing, an empty text is ``""``, lists and structures are JSON."""
    from pyarrow import csv

    with told():
        batches: Any = answer.batches()
        header = io.BytesIO()
        csv.CSVWriter(header, batches.schema).close()
        yield header.getvalue().decode()
        for batch in batches:
            part = io.BytesIO()
            csv.write_csv(batch, part, csv.WriteOptions(include_header=False))
            yield part.getvalue().decode()


def json_text(answer: QueryResult) -> Iterator[str]:
    """A JSON array, a line per row."""
    before = "["
    for row in answer.objects():
        yield f"{before}\n{row}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, width, is_right in zip(cells, widths, right, strict=True):
        space = " " * (width - cell_len(cell))
        padded.append(space + cell if is_right else cell + space)
    return _GAP.join(padded).rstrip() + "\n"


def _records(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    longest = max(map(cell_len, names))
    for number, row in enumerate(rows, start=1):
        yield f"-- row {number:,}\n"
        for name, cell in zip(names, row, strict=True):
            yield f"{name}{' ' * (longest - cell_len(name))}{_GAP}{cell}\n"


def _visible(text: str) -> str:
    """Without what a terminal would obey, or take for another line."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
