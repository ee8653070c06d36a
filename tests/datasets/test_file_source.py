from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession

from customer_360.datasets.errors import SourceError
from customer_360.datasets.file_source import FileSourceDataset

CONTENT = {
    "csv": "number,name,password\n1,Ada,secret-1\n2\n3,Bob,secret-3\n",
    "json": '[{"number": "1", "password": "secret-1"}, [{"password": "secret-2"}], {"number": "3"}]',
}
PAYLOADS = {
    "csv": [
        {"_malformed": "(left out: 1 characters)"},
        {"name": "Ada", "number": "1"},
        {"name": "Bob", "number": "3"},
    ],
    "json": [{"_malformed": "[{}]"}, {"number": "1"}, {"number": "3"}],
}


def dataset(path: Path, staging: Path, format: str, **config: Any) -> FileSourceDataset:
    given = {
        "type": "customer_360.datasets.file_source.FileSourceDataset",
        "filepath": str(path),
        "format": format,
        "staging": {"path": str(staging)},
        "blocked_fields": ["password"],
        "quiet_seconds": 0.001,
        **config,
    }
    made = AbstractDataset.from_config("source_file", given)
    assert isinstance(made, FileSourceDataset)
    return made


@pytest.mark.parametrize("format", ["csv", "json"])
def test_a_file_becomes_a_frame(spark: SparkSession, tmp_path: Path, format: str) -> None:
    path = tmp_path / f"file.{format}"
    path.write_text(CONTENT[format])
    source = dataset(path, tmp_path / "staging", format)
    told: list[Any] = []
    source.progress = lambda *numbers: told.append(numbers)
    assert source.exists()
    rows = source.load().collect()
    payloads = sorted((json.loads(row.payload) for row in rows), key=json.dumps)
    assert payloads == sorted(PAYLOADS[format], key=json.dumps)
    assert {row.origin for row in rows} == {str(path)}
    assert told == [(3, 3)]
    assert all(b"secret-" not in file.read_bytes() for file in (tmp_path / "staging").rglob("*.jsonl"))
    source.release()
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("format", "content"), [("csv", "number\n\xff"), ("json", '[{"a": 1}, '), ("json", None)]
)
def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path: Path, format: str, content: str | None) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    with pytest.raises(SourceError, match=str(path)):
        dataset(path, tmp_path / "staging", format).load()
    assert list((tmp_path / "staging").rglob("*")) == []


def test_an_engine_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SPARK_REMOTE's server, for one: the staged files must go although reading went well."""
    (tmp_path / "f.csv").write_text("a\n1\n")
    source = dataset(tmp_path / "f.csv", tmp_path / "staging", "csv")

    def fail(_: Any) -> None:
        raise RuntimeError("no engine")

    monkeypatch.setattr(source, "_frame", fail)
    with pytest.raises(DatasetError, match="no engine"):
        source.load()
    assert list((tmp_path / "staging").rglob("*")) == []


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"format": "xml"}, "Unknown format 'xml' of .* Allowed: csv, json"),
        ({"format": "json", "columns": ["a"]}, "columns: for format csv only"),
        ({"format": "csv", "columns": ["a", "Password"]}, "names blocked fields: Password"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(
    tmp_path: Path, config: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        dataset(tmp_path / "f", tmp_path, **config)


def test_the_description_shows_no_secret(tmp_path: Path) -> None:
    source = FileSourceDataset(
        filepath="abfss://ws@account.dfs.core.windows.net/f.csv?sig=s3cret",
        format="csv",
        staging=str(tmp_path),
        blocked_fields=["password"],
        credentials={"account_key": "s3cret"},
    )
    assert "s3cret" not in str(source) + repr(source) + source.origin
    with pytest.raises(DatasetError, match="read only"):
        source.save("x")


def test_the_end_of_the_process_removes_what_was_not_released(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("a\n1\n")
    script = f"""
from customer_360.datasets.file_source import FileSourceDataset
source = FileSourceDataset(filepath={str(tmp_path / "f.csv")!r}, format="csv",
                           staging={str(tmp_path / "staging")!r}, blocked_fields=[])
source._frame = lambda staged: staged
print(len(source.load().paths))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "1"
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_file_that_need_not_be_there(spark: SparkSession, tmp_path: Path) -> None:
    source = dataset(tmp_path / "none.csv", tmp_path / "staging", "csv", empty_if_absent=True)
    assert source.load().collect() == []
    (tmp_path / "none.csv").write_text("number\n1\n")
    assert source.load().count() == 1


def test_a_source_that_is_held_is_read_once(spark: SparkSession, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text("a\n1\n")
    dataset = FileSourceDataset(
        filepath=str(file), format="csv", columns=["a"], staging=str(tmp_path / "staging"), blocked_fields=[]
    )
    dataset.hold()
    file.write_text("a\n1\n2\n")
    assert dataset.load().count() == 1
    dataset.release()
    assert dataset.load().count() == 2
    dataset.release()


UNDECLARED = {
    "csv": "number,name,shoe\n1,Ada,43\n2\n3,Bob,44\n",
    "json": '[{"number": "1", "name": "Ada", "shoe": 43}, {"number": "3", "name": "Bob", "home": {"shoe": 1}}]',
}


@pytest.mark.parametrize("format", ["csv", "json"])
def test_fields_that_nobody_declared_are_not_stored_and_told_once(
    spark: SparkSession, tmp_path: Path, format: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / f"file.{format}"
    path.write_text(UNDECLARED[format])
    source = dataset(path, tmp_path / "staging", format, fields=["number", "name"])
    for _ in range(2):
        payloads = [json.loads(row.payload) for row in source.load().collect()]
    rows = [payload for payload in payloads if "_malformed" not in payload]
    assert rows == [{"name": "Ada", "number": "1"}, {"name": "Bob", "number": "3"}]
    # lines that are no row could hold their values
    bad = [payload["_malformed"] for payload in payloads if "_malformed" in payload]
    assert bad == (["(left out: 1 characters)"] if format == "csv" else [])
    assert caplog.text.count("nobody declared") == 1
    assert f"{path}: fields that nobody declared were left out: shoe" in caplog.text
    source.release()


@pytest.mark.parametrize("format", ["csv", "json"])
def test_they_are_kept_where_the_source_says_so(
    spark: SparkSession, tmp_path: Path, format: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / f"file.{format}"
    path.write_text(UNDECLARED[format])
    source = dataset(path, tmp_path / "staging", format, fields=["number"], keep_other_fields=True)
    assert "shoe" in source.load().first().payload  # type: ignore[union-attr]
    assert "nobody declared" not in caplog.text  # only where one wants to see all (--verbose)
    source.release()
