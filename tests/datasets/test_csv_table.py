"""CSV files as people have them: separators, encodings, ends of rows, stray quotation marks."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kedro.io.core import DatasetError

from customer_360.datasets.errors import SourceError
from customer_360.datasets.file_source import FileSourceDataset
from customer_360.datasets.files import CsvFile, open_csv

ANN = {"id": "1", "name": "Müller, Ann", "city": "Köln"}
BOB = {"id": "2", "name": "Bob", "city": "Zürich €"}
TEXT = 'id,name,city\r\n1,"Müller, Ann",Köln\r\n2,Bob,Zürich €\r\n'


def read(path: Path, content: str | bytes, **options: Any) -> list[Any]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(CsvFile(path=str(path), **options).records())


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "windows-1252"),  # what its first bytes prove counts more
        (TEXT.encode("utf-16"), None),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None),
        (TEXT.encode("utf-16-le"), None),
        (TEXT.encode("utf-16-be"), None),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-32"), None),
        (TEXT.encode("windows-1252"), "windows-1252"),
        (TEXT.encode("windows-1252"), "cp1252"),
        (TEXT.encode("iso-8859-15"), "iso-8859-15"),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, declared: str | None) -> None:
    assert read(tmp_path / "f.csv", content, encoding=declared, columns=["id", "city"]) == [ANN, BOB]


def test_an_encoding_that_is_not_utf_8_is_refused_and_never_guessed_in_silence(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"f.csv is not UTF-8 text: unreadable bytes in line 2\. .*`encoding"
    ):
        read(tmp_path / "f.csv", TEXT.encode("windows-1252"))
    with pytest.raises(SourceError, match="is not ascii text: unreadable bytes in line 2"):
        read(tmp_path / "f.csv", TEXT.encode(), encoding="ascii")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "windows-1525"}, "encoding 'windows-1525' is not known"),
        ({"encoding": "base64"}, "encoding 'base64' is not known"),
        ({"delimiter": ";;"}, "delimiter must be one character"),
        ({"delimiter": ""}, "delimiter must be one character"),
        ({"format": "json", "delimiter": ";"}, "for format csv only"),
    ],
)
def test_settings_are_checked(options: dict[str, str], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        FileSourceDataset(
            **{"filepath": "f", "format": "csv", "staging": "s", "blocked_fields": [], **options}
        )


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("columns", [None, ["id", "name"]])
def test_separators_are_found_by_the_header(tmp_path: Path, mark: str, columns: list[str] | None) -> None:
    text = io.StringIO()
    rows = [["id", "name", "city"], ["1", "a,b;c|d\te", "x\ny"], ["2", "", '"']]
    csv.writer(text, delimiter=mark).writerows(rows)
    path = tmp_path / "f.csv"
    assert [list(record.values()) for record in read(path, text.getvalue(), columns=columns)] == rows[1:]
    with open_csv(str(path), columns=columns) as table:
        assert table.delimiter == mark
        assert table.notes == [] if mark == "," else "separated by" in table.notes[0]


def test_a_declared_separator_counts_and_excel_may_say_its_own(tmp_path: Path) -> None:
    assert read(tmp_path / "f.csv", "a;b,c\n1;2,3\n", delimiter=";") == [{"a": "1", "b,c": "2,3"}]
    assert read(tmp_path / "f.csv", "\ufeffsep=;\r\na;b\r\n1;2\r\n") == [{"a": "1", "b": "2"}]
    assert read(tmp_path / "f.csv", "a:b\n1:2\n", delimiter=":") == [{"a": "1", "b": "2"}]
    # a comma in a header of tabs, where the expected names tell
    assert read(tmp_path / "f.csv", "a\tx,y,z\n1\t2\n", columns=["a"]) == [{"a": "1", "x,y,z": "2"}]


@pytest.mark.parametrize(
    ("content", "records"),
    [
        # every row ends in a separator, the header does not
        ("a,b\n1,2,\n3,4,\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("a,b\n\n1,2,\n3,4,\n5,6", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}, {"_malformed": "5,6"}]),
        # what comes after the last separator is somebody's value: not a row of this header
        ("a,b\n1,2,\n3,4,5\n6,7,\n", [{"a": "1", "b": "2"}, {"_malformed": "3,4,5"}, {"a": "6", "b": "7"}]),
        # one such row among good ones is more likely a comma too many somewhere inside it
        ("a,b\n1,2\n3,4,\n5,6\n", [{"a": "1", "b": "2"}, {"_malformed": "3,4,"}, {"a": "5", "b": "6"}]),
        # the header ends in a separator, the rows do not
        ("a,b,\n1,2\n3,4\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        # both do
        ("a,b,\n1,2,\n", [{"a": "1", "b": "2", "column_3": ""}]),
    ],
)
def test_rows_that_end_in_a_separator(tmp_path: Path, content: str, records: list[Any]) -> None:
    assert read(tmp_path / "f.csv", content, columns=["a", "b"]) == records


def test_two_stray_quotation_marks_do_not_make_one_record_of_two(tmp_path: Path) -> None:
    content = 'id,name,city\n1,"Ann,x\n2,Bob",y\n3,Cy,z\n'
    assert read(tmp_path / "f.csv", content) == [
        {"_malformed": '1,"Ann,x\n2,Bob",y'},
        {"id": "3", "name": "Cy", "city": "z"},
    ]
    for content in (
        'id,name,city\n1,Ann,"x\n2,Bob,y\n3,Cy,z"\n',  # all of the last field, in between a whole row
        'id,name,city\nA12,Ann,"x\nB1C2,Bob,y"\n',
        'id;name;city\r\nDE-1;"Ann;x\r\nAT-12;Bob";y\r\n',
    ):
        assert [list(record) for record in read(tmp_path / "f.csv", content)] == [["_malformed"]]


@pytest.mark.parametrize(
    "street",
    ["Mill, 3\nBack, yard", "12 Main St\nFlat 4", "one\n\ntwo", "a, b\r\nc, d", "x\n", "7\n8", 'a "b"\n, c'],
)
def test_texts_of_several_lines_stay_what_they_are(tmp_path: Path, street: str) -> None:
    rows = [["id", "street", "city"], ["1", street, "Ulm"], ["2", "plain", "Bonn"]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    assert [list(record.values()) for record in read(tmp_path / "f.csv", text.getvalue())] == rows[1:]


def test_a_backslash_is_a_character(tmp_path: Path) -> None:
    assert read(tmp_path / "f.csv", 'a,b\n"x\\",y\n\\,\\n\n') == [
        {"a": "x\\", "b": "y"},
        {"a": "\\", "b": "\\n"},
    ]


def test_a_very_long_field_costs_nothing(tmp_path: Path) -> None:
    usual = csv.field_size_limit()
    long = "x" * 300_000
    records = read(tmp_path / "f.csv", f'a,b\n1,{long}\n2,"{long}, ""y"""\n3,"{long}\n4,z\n')
    assert [record.get("b", "")[-5:] for record in records[:2]] == ["xxxxx", ', "y"']
    assert records[2] == {"_malformed": f'3,"{long}'}
    assert records[3] == {"a": "4", "b": "z"}
    assert csv.field_size_limit() == usual


def test_rows_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('a,b\n\n1,"x\ny"\n2,"open\n3,4\n', encoding="utf-8")
    with open_csv(str(path)) as table:
        assert [(row.line, row.values is None) for row in table.rows()] == [(3, False), (5, True), (6, False)]


def test_a_first_line_that_may_be_somebodys_data_is_not_shown(tmp_path: Path) -> None:
    columns = ["cust_number", "full_name", "street", "city", "tax_id"]
    for line in ("17,Ada Example,city,Ulm,T1\n", "17,Ada Example,Ada Example,Ulm,T1\n", "Ada Example\n"):
        with pytest.raises(SourceError, match="Does it have a header line") as caught:
            read(tmp_path / "f.csv", line, columns=columns)
        assert "Ada" not in str(caught.value)
    with pytest.raises(SourceError, match=r"same name \(columns 2, 3 of its header\)") as caught:
        read(tmp_path / "f.csv", "17,Ada Example,Ada Example\n")
    assert "Ada" not in str(caught.value)


names = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00\ufeff"), min_size=1, max_size=8)
values = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 99).map(str), values, values), max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    mark=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    trailing=st.booleans(),
)
def test_whatever_is_written_is_read_or_marked(  # noqa: PLR0917
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    encoding: str,
    mark: str,
    end: str,
    trailing: bool,
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator=end)
    writer.writerow(["id", "street", "city"])
    writer.writerows([(*row, "") if trailing else row for row in rows])
    found = read(tmp_path_factory.mktemp("csv") / "f.csv", text.getvalue().encode(encoding))
    kept = [tuple(record.values()) for record in found if "_malformed" not in record]
    assert [row for row in rows if row in kept] == kept
    # only a text of several lines that could be rows themselves is put aside, never read as something else
    assert all("\n" in row[1] or "\n" in row[2] for row in rows if row not in kept)
