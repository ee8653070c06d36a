from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Field, write_deltalake
from deltalake.schema import PrimitiveType

from customer_360.lakehouse import TableFolder
from customer_360.maintenance.commits import commit_time, content_since, expired_log_files, is_readable

NAME = "gold/t"


@pytest.fixture
def table(tmp_path: Path) -> str:
    folder = tmp_path / "Tables" / NAME
    folder.parent.mkdir(parents=True)
    for number in range(3):
        write_deltalake(str(folder), pa.table({"n": [number]}), mode="append")
    return str(folder)


def since(table: str, version: int) -> str:
    return content_since(TableFolder.look(table), version)


def test_new_files_with_the_same_rows_are_told_from_new_rows(table: str) -> None:
    assert [since(table, version) for version in range(4)] == ["changed", "changed", "same", "changed"]
    DeltaTable(table).optimize.compact()
    assert [since(table, version) for version in (1, 2, 3)] == ["changed", "rearranged", "same"]
    DeltaTable(table).vacuum(0, dry_run=False, enforce_retention_duration=False)
    assert DeltaTable(table).version() == 5
    assert [since(table, version) for version in (2, 3)] == ["rearranged", "same"]
    write_deltalake(table, pa.table({"n": [9]}), mode="append")
    assert since(table, 2) == "changed"


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.delete("n = 1"),
        lambda table: table.alter.add_columns([Field("m", PrimitiveType("long"))]),
        lambda table: table.alter.set_table_properties({"delta.logRetentionDuration": "interval 7 days"}),
    ],
)
def test_other_rows_or_columns_are_a_change(table: str, change: object) -> None:
    change(DeltaTable(table))  # type: ignore[operator]
    assert since(table, 2) == "changed"


def test_an_entry_that_is_gone_may_have_been_a_change(table: str) -> None:
    DeltaTable(table).optimize.compact()
    DeltaTable(table).create_checkpoint()
    (Path(table) / "_delta_log" / f"{3:020d}.json").unlink()
    assert since(table, 2) == "changed"
    assert since(table, 3) == "same"


def test_when_a_version_was_committed(table: str) -> None:
    folder = TableFolder.look(table)
    found = commit_time(folder, 1)
    assert found is not None and timedelta() <= datetime.now(UTC) - found < timedelta(minutes=5)
    assert commit_time(folder, 17) is None


START = datetime(2026, 1, 1, tzinfo=UTC)


def log_of(versions: range, checkpoints: tuple[int, ...]) -> TableFolder:
    names = [f"{version:020d}.json" for version in versions]
    names += [f"{version:020d}.crc" for version in versions]
    names += [f".{version:020d}.json.crc" for version in versions]
    names += [f"{version:020d}.checkpoint.parquet" for version in checkpoints]
    return TableFolder("t", log=dict.fromkeys([*names, "_last_checkpoint"], 1))


@pytest.mark.parametrize(
    ("checkpoints", "needed", "days_kept", "first_kept"),
    [
        ((), 29, 0, 0),  # nothing else holds what they say
        ((10, 20), 29, 0, 20),
        ((10, 20), 19, 0, 10),  # the published version needs them
        ((10, 20), 5, 0, 0),
        ((10, 20), 29, 15, 10),  # of the 29th day: 14 and later are wanted
        ((10, 20), 29, 25, 0),
        ((0, 10), 29, 10, 10),
    ],
)
def test_entries_go_that_a_checkpoint_holds_and_nobody_wants(
    checkpoints: tuple[int, ...], needed: int, days_kept: int, first_kept: int
) -> None:
    """A version a day."""
    folder = log_of(range(30), checkpoints)
    cutoff = START + timedelta(days=29 - days_kept)
    gone = expired_log_files(
        folder, needed=needed, cutoff=cutoff, committed=lambda version: START + timedelta(days=version)
    )
    assert {name for name in folder.log if name not in gone} == {
        "_last_checkpoint",
        *(name for name in folder.log if name[0] != "_" and int(name.lstrip(".")[:20]) >= first_kept),
    }


@pytest.mark.parametrize(
    ("versions", "checkpoints", "readable"),
    [
        (range(4), (), {0, 1, 2, 3}),
        (range(2, 6), (3,), {3, 4, 5}),
        (range(4, 6), (3, 5), {3, 4, 5}),
        (range(5, 6), (3,), {3}),
        (range(0), (), set()),
    ],
)
def test_which_versions_can_be_read(
    versions: range, checkpoints: tuple[int, ...], readable: set[int]
) -> None:
    folder = log_of(versions, checkpoints)
    assert {version for version in range(8) if is_readable(folder, version)} == readable
