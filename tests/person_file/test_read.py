"""Files as people have them: every record once, every value as it is."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import gzip
import io
import os
import unicodedata
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_360.datasets.errors import SourceError
from customer_360.person_file.columns import ColumnsError, Said
from customer_360.person_file.parts import PersonFileError, StagedPersons
from customer_360.person_file.read import stage_persons

ATTRIBUTES = ("given_name", "family_name", "birth_date", "email", "phone", "street")
HEADER = ["source", "key", "family_name", "street"]


def staged(path: Path, said: Said | None = None) -> tuple[StagedPersons, list[dict[str, Any]]]:
    folder = path.parent / f"staged-{uuid.uuid4().hex}"
    folder.mkdir()
    found = stage_persons(path, folder, ATTRIBUTES, said or Said())
    rows = [row for part in sorted(folder.iterdir()) for row in pq.read_table(part).to_pylist()]
    assert found.records == len(rows)
    return found, rows


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


ROWS = [["crm", "1", "Müller", "1 High St"], ["erp", "2", "O'Brien", ""]]


def lines(delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in [HEADER, *ROWS])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", lines().encode()),
        ("people.csv", lines(end="\r\n").encode("utf-8-sig")),
        ("people.csv", lines(";").encode()),
        ("people.csv", lines("|").encode()),
        ("people.tsv", lines("\t").encode()),
        ("people.txt", lines("\t").encode("utf-16")),
        ("people.csv", lines().encode("utf-16-le")),
        ("people.csv", ("sep=;\n" + lines(";")).encode()),
        ("people.csv.gz", gzip.compress(lines().encode(), mtime=0)),
        ("people.csv", gzip.compress(lines().encode(), mtime=0)),
        ("people [1].csv", lines().encode()),
        ("люди.csv", lines().encode()),
        (".people.csv", lines().encode()),
        ("_people.csv", lines().encode()),
        ("a*b?c%20d#e::f {g}~.csv", lines().encode()),
        ("two words.CSV", lines().encode()),
        ("people.csv", lines().replace("source,key", "source, key").encode()),
        ("people.csv", lines().replace("\n", ",\n").encode()),
    ],
)
def test_forms_of_a_text_file(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    written(tmp_path / "people 1.csv", "source,key,email\nold,9,a@b.io\n")
    found, rows = staged(path)
    assert rows == [
        {"source": "crm", "key": "1", "family_name": "Müller", "street": "1 High St"},
        {"source": "erp", "key": "2", "family_name": "O'Brien", "street": None},
    ]
    assert set(found.matched.ignored) <= {"column_5"} and found.blank == {"source": 0, "key": 0}


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
KEYS = st.integers(0, 10**9).map(str)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(KEYS, TEXTS, TEXTS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_spreadsheet_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    quoting: Any,
    end: str,
) -> None:
    """Quoted line breaks, doubled quotation marks, backslashes, separators inside."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([HEADER, *[("crm", *row) for row in rows]])
    path = written(tmp_path_factory.mktemp("csv") / "people.csv", text.getvalue())
    try:
        _, found = staged(path)
    except PersonFileError as refused:
        # lines that look like rows of their own inside one field: not to be told from stray quotation marks
        assert "cannot be read as a record" in str(refused)
        assert any(len(value.splitlines()) > 1 for row in rows for value in row)
        return
    expected = [(key, composed(name), composed(street)) for key, name, street in rows]
    assert [(row["key"], row["family_name"] or "", row["street"] or "") for row in found] == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("people.csv", b"", "is empty"),
        ("people.csv", b"source,key,email\ncrm,1,a@b.io\ncrm,2\n", "line 3 cannot be read as a record"),
        ("people.csv", b'source,key,email\ncrm,1,"a@b.io\ncrm,2,x\n', "line 2 cannot be read as a record"),
        ("people.csv", "source,key,family_name\ncrm,1,Müller\n".encode("cp1252"), "is not UTF-8 text"),
        ("people.csv", b"PK\x03\x04rest", "Excel"),
        ("people.csv", b"PAR1rest", "Parquet"),
        ("people.csv.gz", gzip.compress(lines().encode(), mtime=0)[:-12], "cut short"),
        ("people.parquet", b"source,key\n", "not a Parquet file"),
        ("people.ods", b"PK\x03\x04rest", "the name must end in"),
        ("people.json", b"[]", "the name must end in"),
        ("people", b"x", "the name must end in"),
    ],
)
def test_what_is_no_file_of_records_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((PersonFileError, SourceError), match=message) as refused:
        staged(path)
    assert "a@b.io" not in str(refused.value)


def test_what_is_declared_counts(tmp_path: Path) -> None:
    path = written(tmp_path / "people.csv", lines("^"), "cp1252")
    _, rows = staged(path, Said(encoding="windows-1252", delimiter="^"))
    assert [row["family_name"] for row in rows] == ["Müller", "O'Brien"]
    for said, message in (
        (Said(encoding="klingon"), "encoding 'klingon' is not known"),
        (Said(delimiter="::"), "one character is needed"),
    ):
        with pytest.raises(PersonFileError, match=message):
            staged(path, said)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    for name in ("people.csv", "people.parquet"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(PersonFileError, match="not a regular file"):
            staged(tmp_path / name)


def test_records_without_a_key_are_counted_and_rounded_numbers_too(tmp_path: Path) -> None:
    text = "source,key,phone\ncrm,1,4.47701E+11\n,2,+44 7701 1\ncrm, ,304\ncrm,,447701000000\n"
    found, rows = staged(written(tmp_path / "people.csv", text))
    assert found.blank == {"source": 1, "key": 2} and len(rows) == 4
    assert found.rounded == {"key": 0, "phone": 1}
    found, _ = staged(
        written(tmp_path / "long.csv", "source,key,phone\nc,1,447701000000\nc,2,447702000000\n")
    )
    assert found.rounded["phone"] == 2


def test_texts_are_composed_and_lost_characters_counted(tmp_path: Path) -> None:
    text = "source,key,family_name,street\ncrm,e\u0301,Mu\u0308ller,x\ncrm,2,M\ufffdller,\n"
    found, rows = staged(written(tmp_path / "people.csv", text))
    assert found.lost == {"family_name": 1}
    assert [(row["key"], row["family_name"]) for row in rows] == [
        ("e\u0301", "M\u00fcller"),  # a key is as it came
        ("2", "M\ufffdller"),
    ]


# ------------------------------------------------------------------------------------------------- Parquet
UTC = dt.UTC
NS = pa.timestamp("ns")
TYPES = [
    (pa.array(["a", "", None]), ["a", None, None]),
    (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
    (pa.array(["a", "b", "c"], pa.large_string()), ["a", "b", "c"]),
    (pa.array([447701000000.0, float("nan"), None]), ["447701000000", None, None]),
    (pa.array([12.5, 4.47701e20, float("inf")]), ["12.5", "4.47701e+20", None]),
    (pa.array([7.0, 16777216.0, -0.0], pa.float32()), ["7", "16777216", "0"]),
    (pa.array([2**53, -(2**63), 0]), [str(2**53), str(-(2**63)), "0"]),
    (pa.array([2**64 - 1, 1, 2], pa.uint64()), [str(2**64 - 1), "1", "2"]),
    (pa.array([dt.date(1980, 2, 3), dt.date(1, 1, 1), None]), ["1980-02-03", "0001-01-01", None]),
    (pa.array([dt.datetime(1980, 2, 3), dt.datetime(1950, 1, 1), None], NS), ["1980-02-03", "1950-01-01", None]),
    (pa.array([dt.datetime(1980, 2, 3, 4, 5, 6, 789), None, None], pa.timestamp("us")),
     ["1980-02-03 04:05:06", None, None]),
    (pa.array([dt.datetime(1980, 2, 2, 23, tzinfo=UTC), None, None], pa.timestamp("us", "Europe/Berlin")),
     ["1980-02-03", None, None]),
    (pa.array([decimal.Decimal("12.00"), decimal.Decimal("12.50"), decimal.Decimal("100.00")], pa.decimal128(9, 2)),
     ["12", "12.5", "100"]),
    (pa.array([decimal.Decimal(10**20), None, None], pa.decimal128(38, 0)), [str(10**20), None, None]),
    (pa.array([True, False, None]), ["true", "false", None]),
    (pa.array([b"abc", "Müller".encode(), None]), ["abc", "Müller", None]),
    (pa.array([None, None, None]), [None, None, None]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "texts"), TYPES, ids=lambda found: str(getattr(found, "type", "")))
def test_any_parquet_type_is_its_text(tmp_path: Path, values: pa.Array, texts: list[str | None]) -> None:
    table = pa.table({"source": ["crm"] * 3, "key": [1.0, 2.0, 3.0], "phone": values})
    pq.write_table(table, tmp_path / "people.parquet")
    _, rows = staged(tmp_path / "people.parquet")
    assert [row["phone"] for row in rows] == texts
    assert [row["key"] for row in rows] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pa.array([["a"], [], None]), r"'phone' \(phone\) holds list"),
        (pa.array([{"a": 1}, None, None]), r"'phone' \(phone\) holds struct"),
        (pa.array([dt.time(1), None, None]), r"holds time64\[us\]"),
        (pa.array([dt.timedelta(1), None, None]), r"holds duration\[us\]"),
        (pa.array([b"\xff\xfe", None, None]), "holds bytes that are not UTF-8 text"),
    ],
)
def test_what_is_no_one_text_is_refused(tmp_path: Path, values: pa.Array, message: str) -> None:
    path = tmp_path / "people.parquet"
    pq.write_table(
        pa.table({"source": ["crm"] * 3, "key": [1, 2, 3], "email": ["a@b.io"] * 3, "phone": values}), path
    )
    with pytest.raises(PersonFileError, match=message):
        staged(path)
    found, _ = staged(path, Said(ignored=["phone"]))
    assert found.matched.ignored == ["phone"]


def test_old_time_stamps_of_far_years(tmp_path: Path) -> None:
    dates = [dt.datetime(9999, 12, 31), dt.datetime(1600, 1, 1), None]
    table = pa.table(
        {"source": ["c"] * 3, "key": ["1", "2", "3"], "dob": pa.array(dates, pa.timestamp("us"))}
    )
    pq.write_table(table, tmp_path / "people.parquet", use_deprecated_int96_timestamps=True)
    _, rows = staged(tmp_path / "people.parquet")
    assert [row["birth_date"] for row in rows] == ["9999-12-31", "1600-01-01", None]


def test_a_folder_of_parts(tmp_path: Path) -> None:
    folder = tmp_path / "people.parquet"
    folder.mkdir()
    for number in range(3):
        table = pa.table({"Source": ["crm"], "ID": [number], "E-Mail": [f"p{number}@x.io"], "a.b": [1]})
        pq.write_table(table, folder / f"part-{number}.snappy.parquet")
    (folder / "_SUCCESS").touch()
    (folder / ".part-0.crc").touch()
    _, rows = staged(folder)
    assert [row["key"] for row in rows] == ["0", "1", "2"]
    (folder / "notes.txt").touch()
    with pytest.raises(PersonFileError, match=r"holds more than Parquet files \(notes.txt\)"):
        staged(folder)
    (folder / "notes.txt").unlink()
    pq.write_table(pa.table({"Source": ["crm"], "mail": ["a@b.io"], "ID": [1]}), folder / "part-9.parquet")
    with pytest.raises(PersonFileError, match="differ from those of the parts before it"):
        staged(folder)
    (folder / "_delta_log").mkdir()
    with pytest.raises(PersonFileError, match="is a Delta table"):
        staged(folder)


def test_two_parquet_columns_of_one_name(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["c"])] * 2 + [pa.array(["a@b.io"]), pa.array(["x@y.io"])],
                                 names=["source", "key", "email", "email"])  # fmt: skip
    pq.write_table(table, tmp_path / "people.parquet")
    with pytest.raises(ColumnsError, match="'email#3' and 'email#4'"):
        staged(tmp_path / "people.parquet")
    _, rows = staged(tmp_path / "people.parquet", Said(columns={"email": "email#4"}))
    assert rows[0]["email"] == "x@y.io"
