from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customer_360.datasets.errors import SourceError
from customer_360.datasets.files import CsvFile, JsonArrayFile


def read_csv(path: Path, content: str | bytes, **options: Any) -> list[Any]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(CsvFile(path=str(path), **options).records())


def read_json(path: Path, content: str | bytes) -> list[Any]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(JsonArrayFile(path=str(path)).records())


# ---------------------------------------------------------------- CSV
@pytest.mark.parametrize(
    ("content", "records"),
    [
        ("a,b\n1,2\n", [{"a": "1", "b": "2"}]),
        ("a,b\n1,2", [{"a": "1", "b": "2"}]),
        ("a,b\r\n1,2\r\n3,4\r\n", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("\ufeffa,b\n1,2\n", [{"a": "1", "b": "2"}]),
        (" a , b\n 1 ,2\n", [{"a": " 1 ", "b": "2"}]),
        ("a,b\n", []),
        ("a,b", []),
        ("a,b\n\n1,2\n\n  \n\r\n", [{"a": "1", "b": "2"}]),
        ("\n\na,b\n1,2\n", [{"a": "1", "b": "2"}]),
        ("a,b\n,\n", [{"a": "", "b": ""}]),
        ("a,b,c\n1,2,3\n", [{"a": "1", "b": "2", "c": "3"}]),
        ("b,a\n1,2\n", [{"b": "1", "a": "2"}]),
        ("a,b,\n1,2,3\n", [{"a": "1", "b": "2", "column_3": "3"}]),
        ('a,b\n"1,5","say ""hi"""\n', [{"a": "1,5", "b": 'say "hi"'}]),
        ('a,b\n"line one\nline two",2\n3,4\n', [{"a": "line one\nline two", "b": "2"}, {"a": "3", "b": "4"}]),
        ('a,b\n"one\r\ntwo",2\n', [{"a": "one\r\ntwo", "b": "2"}]),
        ("a,b\n1\n2,3\n", [{"_malformed": "1"}, {"a": "2", "b": "3"}]),
        ("a,b\n1,2,3\n", [{"_malformed": "1,2,3"}]),
        ('a,b\n"1,2",3,4\r\n', [{"_malformed": '"1,2",3,4'}]),
        ("a,b\n\u00e9\u2028x,2\n", [{"a": "\u00e9\u2028x", "b": "2"}]),
        ("a,b\n1\x00,2\n", [{"a": "1\x00", "b": "2"}]),
        # a quotation mark that is never closed costs its own line only
        ('a,b\n1,"2\n3,4\n5,6\n', [{"_malformed": '1,"2'}, {"a": "3", "b": "4"}, {"a": "5", "b": "6"}]),
        ('a,b\n"1,2\n3,4\n"5",6\n', [{"_malformed": '"1,2'}, {"a": "3", "b": "4"}, {"a": "5", "b": "6"}]),
        ('a,b\n1,"2"x\n3,4\n', [{"_malformed": '1,"2"x'}, {"a": "3", "b": "4"}]),
        ('a,b\n1,5" pipe\n', [{"a": "1", "b": '5" pipe'}]),
        ('a,b\n1,2\n"', [{"a": "1", "b": "2"}, {"_malformed": '"'}]),
    ],
)
def test_csv_oddities(tmp_path: Path, content: str, records: list[Any]) -> None:
    assert read_csv(tmp_path / "f.csv", content, columns=["a", "b"]) == records


def test_an_endless_csv_field_costs_one_line(tmp_path: Path) -> None:
    rows = "".join(f"{n},{'x' * 100}\n" for n in range(3_000))
    records = read_csv(tmp_path / "f.csv", f'a,b\n0,"open\n{rows}')
    assert records[0] == {"_malformed": '0,"open'}
    assert [record["a"] for record in records[1:]] == [str(n) for n in range(3_000)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"f.csv is empty: its first line must be the header \(a, b\)"),
        ("\n\n", "f.csv is empty"),
        ('a,"b\n1,2\n', "quotation marks in its first line do not match"),
        ("a,c,d\n1,2,3\n", "f.csv lacks the columns b. Its header has: a, c, d"),
        ("A,B\n1,2\n", "none of the expected columns"),
        ("a:b\n1:2\n", "none of the expected columns .* which has 1 field"),
        ("1,a,x\n2,c,y\n", "lacks the columns b. Its header has"),
        ("a,b,a\n1,2,3\n", "columns of the same name: a"),
        (b"a,b\n1,\xe9\n", "f.csv is not UTF-8 text: unreadable bytes in line 2.*`encoding: windows-1252`"),
        (b"\xef\xbb\xbfa,b\n" + b"1,\xc3\xa9\n" * 60_000 + b"\n1,M\xfcller\n", "in line 60,003"),
        (b"a,b\n1,2\n\xff,\xfe", "in line 3"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "is not utf-16 text: unreadable bytes in line 2"),
    ],
)
def test_csv_files_that_cannot_be_read(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_csv(tmp_path / "f.csv", content, columns=["a", "b"])


def test_a_file_without_header_does_not_show_its_first_person(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Does it have a header line") as caught:
        read_csv(tmp_path / "f.csv", "17,Ada Example,1 Main Street\n", columns=["number", "name", "street"])
    assert "Ada" not in str(caught.value)


def test_a_malformed_line_of_a_file_with_blocked_columns_is_not_kept(tmp_path: Path) -> None:
    records = read_csv(tmp_path / "f.csv", "a,IBAN\n1,DE00\n1,2,DE00\n", blocked_fields=["iban"])
    assert records == [{"a": "1", "IBAN": "DE00"}, {"_malformed": "(left out: 8 characters)"}]


fields = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), min_size=1)


# keys have a letter or a digit; those of signs alone could be the start of a row as well as its middle
keys = st.builds("{}{}".format, fields, st.sampled_from("a7Ж"))


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.tuples(keys, st.text(alphabet='ab,"\n ', max_size=9), fields), max_size=8))
@example(rows=[("A", ",\na,", "0")])
@example(rows=[("A", "b", "0"), ("A", ',\n"a",', "0")])
@example(rows=[("7", ',\n"",', "0")])
def test_whatever_a_csv_writer_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    assert [tuple(r.values()) for r in read_csv(path, text.getvalue().encode())] == rows


# ---------------------------------------------------------------- JSON
@pytest.mark.parametrize(
    ("content", "records"),
    [
        ("[]", []),
        (" \n\t[ ] \n", []),
        ('[{"a": 1}]', [{"a": 1}]),
        (b'\xef\xbb\xbf [{"a": 1}]', [{"a": 1}]),
        ('[{"a": {"b": [1.5, 1e3, -0.0, null, true]}}]', [{"a": {"b": [1.5, "1e3", -0.0, None, True]}}]),
        ('["text", 7, null, [1.5], {"a": 1}]', ["text", 7, None, [1.5], {"a": 1}]),
        ('[{"a": 99999999999999999999999}]', [{"a": "99999999999999999999999"}]),
        ('[{"a": 1e999}]', [{"a": "1e999"}]),
        ('[{"a": Infinity}]', [{"a": float("inf")}]),
        ('[{"a": 1, "a": 2}]', [{"a": [1, 2]}]),  # json_text.Repeated
        ('[{"a": 1, "a": 1}]', [{"a": 1}]),
        ('[{"a": 1}]'.encode("utf-16"), [{"a": 1}]),
        ('[{"a": 1}]'.encode("utf-16-le"), [{"a": 1}]),
        (b'[{"a": "\xff"}]', [{"a": "\udcff"}]),
        ('[{"a": "\\u00e9\u00e9"}]', [{"a": "\u00e9\u00e9"}]),
    ],
)
def test_json_oddities(tmp_path: Path, content: str | bytes, records: list[Any]) -> None:
    found = read_json(tmp_path / "f.json", content)
    assert found == records
    json.dumps(found)  # no decimals among them


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "f.json is empty"),
        ("  \n", "f.json is empty"),
        ('{"tickets": [{"a": 1}]}', "does not start with \\["),
        ('{"a": 1}\n{"a": 2}\n', "does not start with \\["),
        ('"secret-1"', "does not start with \\["),
        ('[{"a": 1}, {"a": "secret-1', "reading failed after element 1, in line 1"),
        ('[{"a": 1}, {"a": 2}', "reading failed after element 2"),
        ('[{"a": 1},]', "reading failed after element 1"),
        ('[{"a": 1}] secret-1', "reading failed after element 1"),
        ('[{"a": secret-1}]', "reading failed after element 0"),
        ('[\n{"a": 1},\n\n{"a": nan, "b": "secret-1"}]', "reading failed after element 1, in line 4"),
        ('[{"a": 1}, {"a": ' + "[" * 5_000 + ', "secret-1"', "reading failed after element 1"),
        ('[{"a": 1}, {"a": ' + "[" * 5_000 + "]" * 4_999 + "}]", "reading failed after element 1"),
        (b'[{"a": 1\xff}]', "reading failed after element 0"),
        ('[{"a": 1}]'.encode("utf-16")[:-1], "is not utf-16 text: unreadable bytes in line 1"),
    ],
)
def test_json_files_that_cannot_be_read(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read_json(tmp_path / "f.json", content)
    assert "f.json" in str(caught.value)
    assert "secret-1" not in str(caught.value)


# ---------------------------------------------------------------- both
@pytest.mark.parametrize("reader", [CsvFile, JsonArrayFile])
def test_a_missing_file_says_where_and_what_to_do(tmp_path: Path, reader: Any) -> None:
    path = tmp_path / "landing" / "f"
    with pytest.raises(SourceError, match=f"no file {path}. Put it there, or .*sources=sample"):
        list(reader(path=str(path)).records())
    with pytest.raises(SourceError, match=f"{tmp_path} cannot be opened: Is a directory"):
        list(reader(path=str(tmp_path)).records())


def test_urls_of_fsspec_are_read() -> None:
    files = fsspec.filesystem("memory")
    files.pipe("/landing/f.csv", b"a\n1\n")
    files.pipe("/landing/f.json", b' [{"a": 1}]')
    assert list(CsvFile(path="memory://landing/f.csv").records()) == [{"a": "1"}]
    assert list(JsonArrayFile(path="memory://landing/f.json").records()) == [{"a": 1}]


def test_json_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    """A fault at the end shows only after the elements before it: nothing is read ahead and kept."""
    path = tmp_path / "f.json"
    path.write_text("[" + ",".join(json.dumps({"n": n, "text": "x" * 200}) for n in range(5_000)) + ",")
    records = JsonArrayFile(path=str(path)).records()
    assert [next(records) for _ in range(2)][1]["n"] == 1  # type: ignore[index]
    with pytest.raises(SourceError, match="after element 5,000"):
        list(records)
