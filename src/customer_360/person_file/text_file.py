"""CSV and its relatives, by the reader that reads the sources' files, too."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, cast

from customer_360.datasets import CsvRow, CsvTable
from customer_360.foundation import noun
from customer_360.person_file.columns import FileColumn, Said, match_columns, told_apart
from customer_360.person_file.parts import (
    ROWS_AT_ONCE,
    ROWS_TO_JUDGE_BY,
    Parts,
    PersonFileError,
    filled_texts,
)

_LINES_SHOWN = 5
_GZIP = b"\x1f\x8b"
_BY_FIRST_BYTES = {
    b"PK\x03\x04": "an Excel workbook or another archive: the name of a workbook must end in .xlsx",
    b"\xd0\xcf\x11\xe0": "an old or protected Excel workbook: save it as .xlsx or CSV, without a password",
    b"PAR1": "a Parquet file: its name must end in .parquet",
    b"%PDF": "a PDF document: a CSV or Parquet file is needed",
}


def read_text(path: Path, attributes: Sequence[str], said: Said, parts: Parts) -> None:
    """Read a text file, perhaps compressed by gzip, row by row.

    Raises:
        PersonFileError: no text file, cut short, of an unknown encoding, or with rows that are none.
        ColumnsError: the columns cannot be told.
        SourceError: no header, or not of its encoding.
    """
    with _opened(path) as file:
        try:
            table = CsvTable(file, str(path), encoding=said.encoding, delimiter=said.delimiter, unique=False)
            rows = table.rows()
            first = list(islice(rows, ROWS_TO_JUDGE_BY))
            names = told_apart(table.header)
            columns = [FileColumn(name, _filled(first, place)) for place, name in enumerate(names)]
            matched = match_columns(columns, attributes, said)
            parts.begin(matched, list(table.notes))
            for chunk in _chunks(first, rows):
                _refuse_what_is_no_row(chunk, table)
                texts = list(zip(*[row.values or () for row in chunk], strict=True))
                arrays = {target: filled_texts(texts[place]) for target, place in matched.positions.items()}
                parts.write(arrays, len(chunk))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise PersonFileError(f"{path} is cut short or damaged: it cannot be unpacked.") from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with open(path, "rb") as file:
        head = file.read(4)
    for mark, what in _BY_FIRST_BYTES.items():
        if head.startswith(mark):
            raise PersonFileError(f"{path} is {what}.")
    with gzip.open(path) if head.startswith(_GZIP) else open(path, "rb") as opened:
        yield cast(IO[bytes], opened)


def _filled(rows: Sequence[CsvRow], place: int) -> list[str]:
    return [row.values[place] for row in rows if row.values is not None and row.values[place].strip()]


def _chunks(first: list[CsvRow], rows: Iterator[CsvRow]) -> Iterator[list[CsvRow]]:
    chunk = first + list(islice(rows, ROWS_AT_ONCE - len(first)))
    while chunk:
        yield chunk
        chunk = list(islice(rows, ROWS_AT_ONCE))


def _refuse_what_is_no_row(chunk: Sequence[CsvRow], table: CsvTable) -> None:
    bad = [row.line for row in chunk if row.values is None]
    if bad:
        shown = ", ".join(f"{line:,}" for line in bad[:_LINES_SHOWN])
        raise PersonFileError(
            f"{table.name}: {noun(len(bad), 'line')} {shown}{', ...' if len(bad) > _LINES_SHOWN else ''} "
            f"cannot be read as a record: the header has {len(table.header)} fields, separated by {table.delimiter!r}, "
            "and there are more or fewer, or an unmatched quotation mark. Correct the file. Nothing was written."
        )
