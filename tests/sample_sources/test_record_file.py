from __future__ import annotations

import json
from pathlib import Path

import pytest

from customer_360.sample_sources.record_file import RecordFile

RECORDS = [{"id": 1, "name": "Łukasik"}, {"name": "no id"}, {"id": 30}, {"id": 4}]


@pytest.fixture(params=["lines.jsonl", "without_last_newline.jsonl", "array.json"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> RecordFile:
    path = tmp_path / request.param
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
    if path.suffix == ".json":
        path.write_text(json.dumps(RECORDS), encoding="utf-8")
    else:
        path.write_text(lines + ("" if "without" in path.name else "\n"), encoding="utf-8")
    return RecordFile(path)


@pytest.mark.parametrize("start", range(6))
@pytest.mark.parametrize("stop", range(6))
def test_slices_are_those_of_a_list(start: int, stop: int, records: RecordFile) -> None:
    assert [json.loads(line) for line in records.raw(start, stop)] == RECORDS[start:stop]
    assert len(records) == 4


@pytest.mark.parametrize(
    ("record_id", "expected"),
    [
        ("1", RECORDS[0]),
        ("30", RECORDS[2]),
        ("4", RECORDS[3]),
        ("2", None),
        ("0", None),
        ("x", None),
        ("²", None),
    ],
)
def test_find(record_id: str, expected: object, records: RecordFile) -> None:
    assert records.find(record_id) == expected


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.json"])
def test_empty_files(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("" if name.endswith("l") else "[]", encoding="utf-8")
    records = RecordFile(tmp_path / name)
    assert (len(records), records.raw(0, 10), records.find("1")) == (0, [], None)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [("a.txt", "", "expected a .jsonl or .json"), ("a.json", "{}", "expected a JSON array, got dict")],
)
def test_other_files_are_refused(name: str, content: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=expected):
        RecordFile(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"users\.jsonl"):
        RecordFile(tmp_path / "users.jsonl")
