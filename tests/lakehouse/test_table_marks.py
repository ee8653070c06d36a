"""A mark on a version of a table tells whether rows were only added since."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from customer_360.lakehouse import TableMark, additions_since, mark_of


def write(table: Path, *ids: int, mode: str = "append", **how: object) -> None:
    rows = pa.table({"id": pa.array(ids, pa.int64()), "part": [f"p {n % 2}" for n in ids]})
    write_deltalake(str(table), rows, mode=mode, **how)  # type: ignore[call-overload]


def ids_of(table: Path, paths: tuple[str, ...]) -> list[int]:
    import pyarrow.parquet as pq

    return sorted(
        n for path in paths for n in pq.ParquetFile(table / path).read(["id"]).column("id").to_pylist()
    )


def begun_anew(table: Path) -> None:
    shutil.rmtree(table)
    for n in (7, 8, 9):
        write(table, n)


def cleaned_up(table: Path) -> None:
    write(table, 3)
    DeltaTable(str(table)).create_checkpoint()
    for version in (0, 1):
        (table / "_delta_log" / f"{version:020d}.json").unlink()


HINDRANCES: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (lambda t: DeltaTable(str(t)).delete("id = 1"), "changed or deleted in its version 2"),
    "updated": (
        lambda t: DeltaTable(str(t)).update(updates={"id": "5"}, predicate="id = 1"),
        "changed or deleted in its version 2",
    ),
    "overwritten": (lambda t: write(t, 1, 2, mode="overwrite"), "changed or deleted in its version 2"),
    "restored": (lambda t: DeltaTable(str(t)).restore(0), "changed or deleted in its version 2"),
    "begun anew": (begun_anew, "it is another table than before"),
    "gone": (shutil.rmtree, "there is no table any more"),
    "older": (lambda t: (shutil.rmtree(t), write(t, 1)), "it is at version 0 and was at 1"),
    "log cleaned up": (cleaned_up, "no longer reaches back to version 1"),
}


@pytest.mark.parametrize(("change", "hindrance"), HINDRANCES.values(), ids=HINDRANCES)
def test_what_is_no_addition_hinders(
    tmp_path: Path, change: Callable[[Path], object], hindrance: str
) -> None:
    table = tmp_path / "members"
    write(table, 1)
    write(table, 2)
    mark = mark_of(str(table))
    assert mark is not None
    change(table)
    assert hindrance in additions_since(str(table), mark).hindrance


def test_what_was_added_is_named(tmp_path: Path) -> None:
    table = tmp_path / "members"
    write(table, 1, 2)
    mark = mark_of(str(table))
    assert mark is not None
    assert additions_since(str(table), mark).files == ()
    write(table, 3)
    write(table, 4)
    found = additions_since(str(table), mark)
    assert (found.hindrance, found.reshaped) == ("", None)
    assert ids_of(table, tuple(file.path for file in found.files)) == [3, 4]


def test_compacting_is_no_change_and_old_rows_may_come_along(tmp_path: Path) -> None:
    table = tmp_path / "members"
    write(table, 1)
    mark = mark_of(str(table))
    assert mark is not None
    write(table, 2)
    DeltaTable(str(table)).optimize.compact()
    found = additions_since(str(table), mark)
    assert found.hindrance == ""
    assert ids_of(table, tuple(file.path for file in found.files)) == [1, 2]


def test_partitions_and_new_columns_are_told(tmp_path: Path) -> None:
    table = tmp_path / "members"
    write(table, 1, partition_by=["part"])
    mark = mark_of(str(table))
    assert mark is not None
    write(table, 2)
    [file] = additions_since(str(table), mark).files
    assert file.partition == (("part", "p 0"),)
    wider = pa.table({"id": [3], "part": ["p 1"], "more": ["x"]})
    write_deltalake(str(table), wider, mode="append", schema_mode="merge")
    assert additions_since(str(table), mark).reshaped == 2


def test_a_deletion_vector_hinders(tmp_path: Path) -> None:
    table = tmp_path / "members"
    write(table, 1)
    mark = mark_of(str(table))
    assert mark is not None
    [path] = [one.name for one in table.glob("*.parquet")]
    added = {
        "path": path,
        "size": 1,
        "partitionValues": {},
        "dataChange": True,
        "deletionVector": {"storageType": "u"},
    }
    commit = table / "_delta_log" / f"{1:020d}.json"
    commit.write_text("\n".join(json.dumps(one) for one in ({"add": added}, {"commitInfo": {}})))
    assert "marked as deleted in its version 1" in additions_since(str(table), mark).hindrance


def test_no_table_has_no_mark_and_a_lost_commit_is_never_found_again(tmp_path: Path) -> None:
    assert mark_of(str(tmp_path / "nothing")) is None
    table = tmp_path / "members"
    write(table, 1)
    assert "no longer reaches" in additions_since(str(table), TableMark(0, "")).hindrance
