from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession
from support.onelake_in_fabric import ADDRESS

from customer_360.datasets.errors import SourceError
from customer_360.datasets.staging import (
    Leftovers,
    new_folder,
    remove_abandoned,
    remove_folder,
    stage,
)
from customer_360.lakehouse.paths import engine_path

BLOCKED = ("password", "cardNumber")
MARK = "blocked-value"

good = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd")  # what JSON cannot lose
names = st.one_of(
    st.text(good, max_size=8), st.sampled_from(["password", "PASSWORD", "CardNumber", "id", "bank"])
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(good)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=15,
)
objects = st.dictionaries(names, values, max_size=5)


def is_blocked(name: str) -> bool:
    return name.casefold() in {"password", "cardnumber"}


def without_blocked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_blocked(item) for name, item in value.items() if not is_blocked(name)}
    return [without_blocked(item) for item in value] if isinstance(value, list) else value


def marked(value: Any) -> Any:
    """Replace every value of a blocked name with the mark."""
    if isinstance(value, dict):
        return {name: MARK if is_blocked(name) else marked(item) for name, item in value.items()}
    return [marked(item) for item in value] if isinstance(value, list) else value


def staged_records(folder: Path) -> list[Any]:
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("ascii").splitlines()]
    return [json.loads(line) for line in lines]


@settings(max_examples=60, deadline=None)
@given(records=st.lists(objects, max_size=6), rows_per_file=st.integers(1, 4))
def test_records_come_back_without_blocked_fields(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], rows_per_file: int
) -> None:
    folder = tmp_path_factory.mktemp("staged")
    staged = stage(records, str(folder), blocked_fields=BLOCKED, rows_per_file=rows_per_file)
    assert staged_records(folder) == without_blocked(records)
    assert staged.records == len(records)
    assert len(staged.paths) == math.ceil(len(records) / rows_per_file)


@settings(max_examples=60, deadline=None)
@given(records=st.lists(values, max_size=6))
def test_no_blocked_value_is_in_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any]
) -> None:
    """Any JSON values, so also arrays that hold objects and become text."""
    folder = tmp_path_factory.mktemp("staged")
    stage(marked(records), str(folder), blocked_fields=BLOCKED)
    assert all(MARK.encode() not in path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ({"b": 1, "a": "x"}, '{"a":"x","b":1}'),
        ({"a": 1.0, "b": 10**30}, '{"a":1.0,"b":1000000000000000000000000000000}'),
        ({"a": "\u2028\x85\r\n"}, r'{"a":"\u2028\u0085\r\n"}'),
        ({}, "{}"),
        (
            {"PassWord": "x", "a": {"CARDNUMBER": 1, "b": [[{"password": 1, "c": 2}]]}},
            '{"a":{"b":[[{"c":2}]]}}',
        ),
        ({"passwords": 1}, '{"passwords":1}'),
        (None, '{"_malformed":"null"}'),
        ("text", r'{"_malformed":"\"text\""}'),
        (7, '{"_malformed":"7"}'),
        ([{"password": "x", "a": 1}], r'{"_malformed":"[{\"a\":1}]"}'),
    ],
)
def test_a_record_as_a_line(tmp_path: Path, record: object, line: str) -> None:
    (path,) = stage([record], str(tmp_path), blocked_fields=BLOCKED).paths
    assert Path(path).read_bytes() == f"{line}\n".encode()


def test_files_are_split_and_named_in_order(tmp_path: Path) -> None:
    staged = stage(
        ({"n": n} for n in range(2_500)), str(tmp_path / "new"), blocked_fields=(), rows_per_file=1_000
    )
    assert [Path(path).name for path in staged.paths] == [f"part-0000{n}.jsonl" for n in range(3)]
    assert all(Path(path).is_absolute() for path in staged.paths)
    assert [record["n"] for record in staged_records(tmp_path / "new")] == list(range(2_500))


def test_no_records_no_files(tmp_path: Path) -> None:
    assert stage([], str(tmp_path), blocked_fields=()).paths == ()
    assert list(tmp_path.iterdir()) == []


def failing(count: int, error: BaseException) -> Iterator[object]:
    yield from ({"n": n} for n in range(count))
    raise error


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 3_500])
@pytest.mark.parametrize("error", [SourceError("cut"), KeyboardInterrupt(), MemoryError()])
def test_what_was_written_goes_when_reading_fails(tmp_path: Path, count: int, error: BaseException) -> None:
    folder = tmp_path / "staged"
    with pytest.raises(type(error)):
        stage(failing(count, error), str(folder), blocked_fields=(), rows_per_file=1_000)
    assert not folder.exists()


def test_files_of_others_stay_when_reading_fails(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("x")
    with pytest.raises(SourceError):
        stage(failing(5, SourceError("cut")), str(tmp_path), blocked_fields=())
    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]


def test_a_record_that_is_no_json_fails_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        stage([{"a": 1}, {"a": object()}], str(tmp_path / "staged"), blocked_fields=())
    assert not (tmp_path / "staged").exists()


@pytest.mark.parametrize("rows", [2, 50])
def test_a_source_in_another_encoding_is_refused_but_not_for_a_value_or_two(
    tmp_path: Path, rows: int
) -> None:
    broken = [{"name": b"M\xfcller".decode("utf-8", "surrogateescape")}] * rows
    good = [{"name": "Zo\u00eb"}] * 3
    staged = stage([*broken[:2], *good], str(tmp_path / "few"), blocked_fields=())
    assert (staged.records, staged.marked) == (5, 2)
    if rows == 50:
        with pytest.raises(
            SourceError, match=r"50 texts hold bytes that are not UTF-8.*`encoding: windows-1252`"
        ):
            stage([*broken, *good], str(tmp_path / "many"), blocked_fields=())
        assert not (tmp_path / "many").exists()


def test_memory_holds_a_thousand_records_and_no_more(tmp_path: Path) -> None:
    read = 0

    def records() -> Iterator[object]:
        nonlocal read
        for read in range(1, 5_001):
            yield {"text": "x" * 100}
            size = sum(path.stat().st_size for path in tmp_path.iterdir())
            assert read - size // 112 <= 2_100  # 1,000 at hand and up to one buffer more

    stage(records(), str(tmp_path), blocked_fields=())
    assert read == 5_000


def test_urls_of_fsspec_work(tmp_path: Path) -> None:
    staged = stage([{"a": 1}], "memory://staged/one", blocked_fields=())
    assert staged.paths == ("memory://staged/one/part-00000.jsonl",)
    with fsspec.open(staged.paths[0], "rb") as file:
        assert file.read() == b'{"a":1}\n'
    remove_folder("memory://staged/one")
    remove_folder("memory://staged/one")  # gone already
    with pytest.raises(SourceError):
        stage(failing(5, SourceError("cut")), "memory://staged/two", blocked_fields=())
    assert not fsspec.filesystem("memory").exists("/staged/two/part-00000.jsonl")


@pytest.mark.parametrize("name", ["a[1]", "a{b}", "a*", "a?"])
def test_a_folder_that_spark_takes_for_a_pattern_is_refused(name: str) -> None:
    """Spark would read other files, or none, without a word: records would count as gone."""
    with pytest.raises(SourceError, match="reads as a pattern"):
        stage([{}], f"memory://staging/{name}", blocked_fields=())


@pytest.mark.parametrize("name", ["a[1]", "a*", "a?", "My Lake"])
def test_a_local_one_is_read_all_the_same(spark: SparkSession, tmp_path: Path, name: str) -> None:
    (tmp_path / "a1").mkdir()
    (tmp_path / "a1" / "part-00000.jsonl").write_text('{"other": 1}\n')
    staged = stage([{"id": 1}], str(tmp_path / name), blocked_fields=())
    rows = spark.read.text([engine_path(path) for path in staged.paths]).collect()
    assert [row["value"] for row in rows] == ['{"id":1}']


def test_leftovers_are_removed_at_the_end_but_not_by_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftovers = Leftovers()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        leftovers.add(str(tmp_path / name), {})
    leftovers.add(str(tmp_path / "gone"), {})
    leftovers.discard(str(tmp_path / "two"))
    with monkeypatch.context() as patch:
        patch.setattr("os.getpid", lambda: -1)
        leftovers.remove_all()
    assert (tmp_path / "one").exists()
    leftovers.remove_all()
    assert [path.name for path in tmp_path.iterdir()] == ["two"]


DAY = 86_400.0
HEX = "0" * 32


def staged_by(staging: Path, name: str, *, days: float = 0) -> Path:
    """A staged pull whose last file was written some days ago."""
    folder = staging / name
    folder.mkdir(parents=True)
    for number in range(2):
        (folder / f"part-0000{number}.jsonl").write_text("{}")
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - days * DAY,) * 2)
    return folder


def process_that_ended() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.mark.skipif(os.name == "nt", reason="Windows does not say who is gone: there, age decides alone")
def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    machine, process, unique = Path(new_folder(str(tmp_path))).name.split("-")
    assert process == str(os.getpid())
    left = [
        staged_by(tmp_path, f"{machine}-{process_that_ended()}-{unique}"),
        staged_by(
            tmp_path, f"{'0' * 16}-{process}-{unique}", days=7.1
        ),  # another machine, or before a restart
        staged_by(tmp_path, f"{'0' * 12}-4711-{unique}", days=30),  # as folders were named before
    ]
    kept = [
        staged_by(tmp_path, f"{machine}-{process}-{unique}", days=30),  # at work, as everybody here can see
        staged_by(tmp_path, f"{'1' * 16}-{process}-{unique}", days=6.9),
        staged_by(tmp_path, f"{'1' * 12}-4711-{unique}"),
        staged_by(tmp_path, "notes", days=30),
    ]
    (kept[1] / "part-00002.jsonl").write_text("{}")  # one file alone is new
    os.utime(kept[1] / "part-00000.jsonl", (0, 0))
    remove_abandoned(str(tmp_path))
    assert sorted(tmp_path.iterdir()) == sorted(kept)
    assert not any(folder.exists() for folder in left)
    remove_abandoned(str(tmp_path / "not there"))


def test_the_same_in_onelake(onelake_in_fabric: Path) -> None:
    """What a laptop, or a session in Fabric that ended, staged there."""
    staging = onelake_in_fabric / "Files/staging/crm_users"
    staged_by(staging, f"{'0' * 16}-17-{HEX}", days=8)
    young = staged_by(staging, f"{'1' * 16}-17-{HEX}", days=6)
    remove_abandoned(f"{ADDRESS.root}/Files/staging/crm_users")
    assert list(staging.iterdir()) == [young]


def test_no_time_no_removal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that does not say when a file was changed."""
    system = fsspec.filesystem("memory")
    folder = f"/abandoned/{'0' * 16}-17-{HEX}"
    system.pipe_file(f"{folder}/part-00000.jsonl", b"{}")
    remove_abandoned("memory://abandoned")
    assert system.exists(folder)
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 8 * DAY)
    monkeypatch.setattr("customer_360.lakehouse.ages._TIMES", ())
    remove_abandoned("memory://abandoned")
    assert system.exists(folder)
    monkeypatch.undo()
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 8 * DAY)
    remove_abandoned("memory://abandoned")
    assert not system.exists(folder)


def test_source_errors_are_dataset_errors() -> None:
    """So Kedro shows them as they are, without a wrapping."""
    assert issubclass(SourceError, DatasetError)
