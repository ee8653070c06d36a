"""What a table's log tells of what happened since a version of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from customer_360.lakehouse.table_history import TableHistory


def add(table: Path, *keys: str) -> None:
    write_deltalake(str(table), pa.table({"k": list(keys)}), mode="append")


def compact(table: Path) -> None:
    DeltaTable(str(table)).optimize.compact()


def replace(table: Path) -> None:
    write_deltalake(str(table), pa.table({"k": ["z"]}), mode="overwrite")


def remove(table: Path) -> None:
    DeltaTable(str(table)).delete("k = 'a'")


def begin_anew(table: Path) -> None:
    shutil.rmtree(table)
    for key in "xyz":
        add(table, key)


def restore(table: Path) -> None:
    """A backup of an older day, over which something else was committed."""
    (table / "_delta_log" / "00000000000000000001.json").unlink()
    for name in (table / "_delta_log").glob("*.crc"):
        name.unlink()
    add(table, "other")


def nothing(table: Path) -> None:
    """Leave it as it is."""


def more(table: Path) -> None:
    add(table, "c", "d")


def add_a_column(table: Path) -> None:
    write_deltalake(str(table), pa.table({"k": ["e"], "n": [1]}), mode="append", schema_mode="merge")


# What happened, whether the rows are as they were, and the rows that came if they can be told.
HAPPENED: dict[str, tuple[Callable[[Path], None], bool, list[str] | None]] = {
    "nothing": (nothing, True, []),
    "rows came": (more, False, ["c", "d"]),
    "files were put together": (compact, True, []),
    "another table": (replace, False, None),
    "a row went": (remove, False, None),
    "begun anew": (begin_anew, False, None),
    "restored": (restore, False, None),
    "a column came": (add_a_column, False, None),
}


@pytest.mark.parametrize("happened", HAPPENED.values(), ids=HAPPENED)
def test_what_happened_since(
    tmp_path: Path, happened: tuple[Callable[[Path], None], bool, list[str] | None]
) -> None:
    event, same, came = happened
    table = tmp_path / "t"
    add(table, "a")
    add(table, "b")
    token = TableHistory(str(table)).token
    event(table)
    history = TableHistory(str(table))
    assert history.is_unchanged_since(token) == same
    files = history.appended_since(token)
    assert (files is None) == (came is None)
    if files is not None:
        assert sorted(key for file in files for key in pq.read_table(file)["k"].to_pylist()) == came


def test_rows_and_compaction_together(tmp_path: Path) -> None:
    table = tmp_path / "t"
    add(table, "a")
    token = TableHistory(str(table)).token
    add(table, "b")
    compact(table)
    add(table, "c")
    files = TableHistory(str(table)).appended_since(token)
    assert files is not None
    assert sorted(key for file in files for key in pq.read_table(file)["k"].to_pylist()) == ["b", "c"]


@pytest.mark.parametrize("token", [None, "7-0123456789abcdef", "0-0123456789abcdef"])
def test_a_version_that_never_was(tmp_path: Path, token: str | None) -> None:
    table = tmp_path / "t"
    add(table, "a")
    history = TableHistory(str(table))
    assert not history.is_unchanged_since(token)
    assert history.appended_since(token) is None


def test_no_table(tmp_path: Path) -> None:
    history = TableHistory(str(tmp_path / "none"))
    assert history.token is None
    assert history.appended_since(None) is None


def test_a_file_of_which_the_log_does_not_say_that_its_rows_were_there_is_a_change(tmp_path: Path) -> None:
    table = tmp_path / "t"
    add(table, "a")
    token = TableHistory(str(table)).token
    [path] = [one.name for one in table.glob("*.parquet")]
    commit = table / "_delta_log" / f"{1:020d}.json"
    commit.write_text(json.dumps({"remove": {"path": path}}))
    assert not TableHistory(str(table)).is_unchanged_since(token)
