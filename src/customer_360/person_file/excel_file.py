"""Excel workbooks (``.xlsx``), cell by cell as the text that a person reads in them."""

from __future__ import annotations

import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from customer_360.foundation import counted, noun
from customer_360.person_file.columns import FileColumn, Said, match_columns, told_apart
from customer_360.person_file.parts import (
    ROWS_AT_ONCE,
    ROWS_TO_JUDGE_BY,
    Parts,
    PersonFileError,
    filled_texts,
)

EXCEL_FORMATS = (".xlsx", ".xlsm")
_INSTALL = "Reading Excel files needs openpyxl, which is not installed: pip install 'customer_360[excel]'"
_FORMULA = re.compile(rb"<f[ >/]")
# A number format of zeros and marks (00000, 000-00-0000): digits that a cell shows and its number does not have.
_ZEROS = re.compile(r"0[0 ()/-]+")
_EXACT = 2**53


def read_excel(path: Path, attributes: Sequence[str], said: Said, parts: Parts) -> None:
    """Read one sheet of a workbook: its first row that is not blank is the header.

    Raises:
        PersonFileError: openpyxl is missing, no such sheet, no workbook, or formulas without their results.
        ColumnsError: the columns cannot be told.
    """
    with _opened(path, results=True) as book:
        sheet, note = _sheet(path, book, said.sheet)
        _refuse_formulas_without_results(path, sheet.title)
        told: Counter[str] = Counter()
        rows = _rows(sheet, told)
        header = _header(next(rows, []))
        width = len(header)
        first = list(islice(rows, ROWS_TO_JUDGE_BY))
        names = told_apart(header)
        columns = [
            FileColumn(name, [row[at] for row in first if _has(row, at)]) for at, name in enumerate(names)
        ]
        matched = match_columns(columns, attributes, said)
        parts.begin(matched, note)
        chunk = first
        while chunk:
            _refuse_cells_without_header(path, sheet.title, chunk, width)
            parts.write(
                {
                    target: filled_texts([row[place] if place < len(row) else "" for row in chunk])
                    for target, place in matched.positions.items()
                },
                len(chunk),
            )
            chunk = list(islice(rows, ROWS_AT_ONCE))
        note += [
            f"{counted(count, 'cell holds an error', 'cells hold an error')} ({what}) and "
            f"{noun(count, 'counts', 'count')} as blank"
            for what, count in told.items()
        ]


@contextmanager
def _opened(path: Path, *, results: bool) -> Iterator[Any]:
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise PersonFileError(_INSTALL) from None
    try:
        book = load_workbook(path, read_only=True, data_only=results)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise PersonFileError(
            f"{path} is not a readable Excel workbook: it is damaged, protected by a password, or of another kind."
        ) from None
    try:
        yield book
    finally:
        book.close()


def _sheet(path: Path, book: Any, wanted: str | None) -> tuple[Any, list[str]]:
    """The sheet to read, and what to say of it."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if wanted is not None:
        named = [sheet for sheet in book.worksheets if sheet.title.strip().lower() == wanted.strip().lower()]
        if not named:
            known = ", ".join(f"'{sheet.title}'" for sheet in book.worksheets)
            raise PersonFileError(f"{path} has no sheet '{wanted}'. It has: {known}.")
        return named[0], [f"reading the sheet '{named[0].title}'"]
    if not sheets:
        raise PersonFileError(f"{path} has no visible sheet: name one with --sheet.")
    others = ", ".join(f"'{sheet.title}'" for sheet in sheets[1:])
    return sheets[0], [
        f"reading the sheet '{sheets[0].title}'" + (f", not {others} (see --sheet)" if others else "")
    ]


def _rows(sheet: Any, told: Counter[str]) -> Iterator[list[str]]:
    """The rows that are not blank, as texts; cells with errors are counted and blank."""
    sheet.reset_dimensions()  # what the file says of its own size is wrong in files of some programs
    for cells in sheet.iter_rows():
        row = [_text(cell, told) for cell in cells]
        if any(text.strip() for text in row):
            yield row


def _header(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    return [text.strip() or f"column {place}" for place, text in enumerate(row, start=1)]


def _has(row: Sequence[str], place: int) -> bool:
    return place < len(row) and bool(row[place].strip())


def _refuse_cells_without_header(path: Path, sheet: str, rows: list[list[str]], width: int) -> None:
    beyond = sum(any(text.strip() for text in row[width:]) for row in rows)
    if beyond:
        raise PersonFileError(
            f"{path}: {counted(beyond, 'row')} of the sheet '{sheet}' "
            f"{noun(beyond, 'has', 'have')} values to the right of its header, which has {width} columns. "
            "Give these columns a name, or clear them. Nothing was written."
        )


def _text(cell: Any, told: Counter[str]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        told[str(value)] += 1
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.replace(microsecond=0).isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float, number_format: str) -> str:
    if not math.isfinite(value) or value != int(value) or abs(value) > _EXACT:
        return str(value)
    digits = str(int(value))
    shown = re.sub(r'[\\"]', "", number_format)
    if value < 0 or not _ZEROS.fullmatch(shown):
        return digits
    missing = shown.count("0") - len(digits)
    if missing < 0:
        return digits
    filled = iter("0" * missing + digits)
    return "".join(next(filled) if sign == "0" else sign for sign in shown)


def _refuse_formulas_without_results(path: Path, sheet: str) -> None:
    if unknown := _without_result(path, sheet):
        raise PersonFileError(
            f"{path}: the sheet '{sheet}' has {unknown} with formulas whose results the file does not hold. "
            "Open it in Excel, save it, and try again. Nothing was written."
        )


def _without_result(path: Path, title: str) -> str:
    """How many cells are formulas that no program has worked out, in words; empty where all have a result."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(_FORMULA.search(archive.read(name)) for name in sheets):
            return ""
    with _opened(path, results=True) as values, _opened(path, results=False) as formulas:
        pairs = zip(values[title].iter_rows(), formulas[title].iter_rows(), strict=False)
        count = sum(
            formula.data_type == "f" and value.value is None
            for cells, others in pairs
            for value, formula in zip(cells, others, strict=False)
        )
    return counted(count, "cell") if count else ""
