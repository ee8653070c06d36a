"""Workbooks as people have them: what a cell shows is what is read."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from person_file.test_read import staged

from customer_360.person_file.columns import Said
from customer_360.person_file.parts import PersonFileError

HEADER = ["source", "key", "family_name"]


def workbook(path: Path, rows: list[list[Any]], *, change: Callable[[Any], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "People"
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("007", "@", "007"),
        (7, "0000", "0007"),
        (1234567, "0000", "1234567"),
        (50607080, "000\\-00\\-0000", "050-60-7080"),
        (10115, "General", "10115"),
        (10115.0, "0.00", "10115"),
        (1.5, "General", "1.5"),
        (-7, "0000", "-7"),
        (True, "General", "TRUE"),
        (dt.date(1980, 2, 3), "DD.MM.YYYY", "1980-02-03"),
        (dt.datetime(1980, 2, 3), "D-MMM-YY", "1980-02-03"),
        (dt.datetime(1980, 2, 3, 4, 5), "YYYY-MM-DD HH:MM", "1980-02-03 04:05:00"),
        (" Müller ", "General", " Müller "),
    ],
)
def test_a_cell_is_what_it_shows(value: Any, number_format: str, text: str, tmp_path: Path) -> None:
    def formatted(book: Any) -> None:
        book.active["C2"].number_format = number_format

    path = workbook(tmp_path / "people.xlsx", [HEADER, ["crm", 1, value]], change=formatted)
    assert staged(path)[1] == [{"source": "crm", "key": "1", "family_name": text}]


def test_blank_rows_and_cells_are_as_in_a_text_file(tmp_path: Path) -> None:
    rows = [[], HEADER, ["crm", 1, "Horn"], [None, " "], ["crm", 2], ["crm", 3, ""], []]
    found, read = staged(workbook(tmp_path / "people.XLSX", rows))
    assert [row["key"] for row in read] == ["1", "2", "3"]
    assert [row["family_name"] for row in read] == ["Horn", None, None]
    assert found.notes == ["reading the sheet 'People'"]


def two_sheets(book: Any) -> None:
    other = book.create_sheet("Old ones")
    for row in (HEADER, ["crm", 9, "Old"]):
        other.append(row)


@pytest.mark.parametrize(
    ("sheet", "name", "note"),
    [
        (None, "Horn", "reading the sheet 'People', not 'Old ones' (see --sheet)"),
        ("old ones", "Old", "reading the sheet 'Old ones'"),
    ],
)
def test_which_sheet_is_read_is_said(sheet: str | None, name: str, note: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "people.xlsx", [HEADER, ["crm", 1, "Horn"]], change=two_sheets)
    found, rows = staged(path, Said(sheet=sheet))
    assert [row["family_name"] for row in rows] == [name]
    assert found.notes == [note]


def test_a_hidden_sheet_is_not_the_first_one(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        two_sheets(book)
        book.worksheets[0].sheet_state = "hidden"

    path = workbook(tmp_path / "people.xlsx", [HEADER, ["crm", 1, "Horn"]], change=hide)
    assert [row["family_name"] for row in staged(path)[1]] == ["Old"]


def test_errors_count_as_blank_and_are_told(tmp_path: Path) -> None:
    def broken(book: Any) -> None:
        book.active["C2"].value, book.active["C2"].data_type = "#N/A", "e"

    found, rows = staged(workbook(tmp_path / "people.xlsx", [HEADER, ["crm", 1, "x"]], change=broken))
    assert rows[0]["family_name"] is None
    assert found.notes[-1] == "1 cell holds an error (#N/A) and counts as blank"


@pytest.mark.parametrize(
    ("rows", "said", "message"),
    [
        ([HEADER, ["crm", 1, "x"]], Said(sheet="Nobody"), r"has no sheet 'Nobody'. It has: 'People'"),
        (
            [HEADER, ["crm", 1, "x", "beyond"]],
            Said(),
            "1 row of the sheet 'People' has values to the right of its header",
        ),
        (
            [HEADER, ["crm", 1, '=A2&"x"']],
            Said(),
            "the sheet 'People' has 1 cell with formulas whose results",
        ),
    ],
)
def test_what_would_be_lost_is_refused(
    rows: list[list[Any]], said: Said, message: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "people.xlsx", rows)
    with pytest.raises(PersonFileError, match=message):
        staged(path, said)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0", b"text"])
def test_what_is_no_workbook_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(content)
    with pytest.raises(PersonFileError, match="not a readable Excel workbook"):
        staged(path)


def test_without_openpyxl_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "people.xlsx", [HEADER])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        PersonFileError, match=r"^Reading Excel files needs openpyxl.*pip install 'customer_360\[excel\]'"
    ):
        staged(path)


@pytest.mark.parametrize(
    ("name", "said", "message"),
    [
        ("people.xls", Said(), "Save it as .xlsx or CSV"),
        ("people.csv", Said(sheet="A"), "is not an Excel file"),
    ],
)
def test_other_files(name: str, said: Said, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"source,key,email\n")
    with pytest.raises(PersonFileError, match=message):
        staged(tmp_path / name, said)
