from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.onelake_in_fabric import ADDRESS

from customer_360.lakehouse.side_files import remove_all_but, remove_work, take_over
from customer_360.lakehouse.store import LocalStore, open_store
from customer_360.lakehouse.versions import ChangedTableError, Versions

MINE = "20261126T120000-mine"


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_what_killed_runs_left_is_removed_whatever_the_machine_and_nothing_else(tmp_path: Path) -> None:
    kept = [
        f"Files/work/{MINE}/pairs/part",
        "Files/landing/erp_customers.csv",
        "Files/landing/.erp_customers.csv",
        "Files/landing/notes.12.partial",
        "Files/landing/.sample_sources.json",
        "Files/state/identity/one/pairs",
        "Files/state/lease/0000000001.json",
        "Files/own/staging/x",
        "Files/origin.json",
        "Files/origin.json.partial",
        "Tables/gold/x/part.parquet",
    ]
    left = [
        "Files/work/20261125T120000-killed/pairs/part",
        "Files/work/identity/0123/000_records/part",
        "Files/work/assigned/_delta_log/00000000000000000000.json",
        "Files/staging/crm_users/0123456789ab-17-0123/part-00000.jsonl",
        "Files/staging/erp_customers/another-host-17-0123/part-00000.jsonl",
        "Files/landing/.erp_customers.csv.4711.partial",
        "Files/landing/.sample_sources.json.4711.partial",
        "Files/origin.json.4711.partial",
        "Files/state/lease/.tmp-0123",
        "Files/state/identity/.tmp-0123",
    ]
    make(tmp_path, *kept, *left)
    remove_all_but(LocalStore(tmp_path), MINE)
    assert files(tmp_path) == sorted(kept)
    remove_all_but(LocalStore(tmp_path / "nothing there"), MINE)


def test_the_same_in_onelake_but_for_a_file_that_a_waiting_run_may_be_writing(
    onelake_in_fabric: Path,
) -> None:
    """Fabric's sessions write small files aside; an object store has no such files."""
    lake = onelake_in_fabric
    kept = [
        f"Files/work/{MINE}/pairs/part",
        "Files/state/lease/.tmp-new",
        "Files/state/lease/0000000001.json",
    ]
    left = [
        "Files/work/of a laptop/pairs/part",
        "Files/staging/crm_users/0123456789ab-17-0123/part-00000.jsonl",
        "Files/state/lease/.tmp-old",
        "Files/state/identity/current/.tmp-old",
    ]
    make(lake, *kept, *left, "Files/state/identity/one/pairs/part")
    for path in lake.rglob("*"):
        if path.name.endswith("-old"):
            os.utime(path, (time.time() - 7_200, time.time() - 7_200))
    remove_all_but(open_store(ADDRESS.root), MINE)
    assert files(lake) == sorted([*kept, "Files/state/identity/one/pairs/part"])


def test_a_part_of_a_run_goes_on_with_what_the_newest_one_left(tmp_path: Path) -> None:
    make(
        tmp_path,
        "Files/work/20261124T120000-a/pairs/part",
        "Files/work/20261125T120000-b/pairs/part",
        "Files/work/20261125T120000-b/claimed/part",
    )
    assert take_over(LocalStore(tmp_path), MINE, ["pairs", "claimed", "assigned"]) == {"assigned"}
    remove_all_but(LocalStore(tmp_path), MINE)
    assert files(tmp_path) == [f"Files/work/{MINE}/claimed/part", f"Files/work/{MINE}/pairs/part"]
    assert (tmp_path / f"Files/work/{MINE}/pairs/part").read_text().startswith("Files/work/20261125T120000-b")


def test_what_a_run_made_on_the_way_goes_with_its_end(tmp_path: Path) -> None:
    make(tmp_path, f"Files/work/{MINE}/pairs/part", "Files/staging/x/part", "Files/landing/x")
    remove_work(LocalStore(tmp_path))
    assert files(tmp_path) == ["Files/landing/x"]


def commit(table: Path, version: int) -> None:
    log = table / "_delta_log" / f"{version:020d}.json"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text('{"commitInfo": {}}\n')


def test_rows_are_not_added_to_a_table_that_changed_since_it_was_read(tmp_path: Path) -> None:
    table = tmp_path / "bronze"
    versions = Versions()
    commit(table, 0)
    versions.read(str(table))
    versions.check(str(table))
    commit(table, 1)
    versions.read(str(table))  # what was computed comes from the first reading
    with pytest.raises(ChangedTableError, match="was read at version 0 and is at version 1 now"):
        versions.check(str(table))


def test_nor_to_one_that_was_not_there_when_it_was_read(tmp_path: Path) -> None:
    table = tmp_path / "bronze"
    versions = Versions()
    versions.read(str(table))
    versions.check(str(table))
    commit(table, 0)
    with pytest.raises(ChangedTableError, match="was read at no version and is at version 0 now"):
        versions.check(str(table))


def test_a_run_knows_what_it_wrote_itself(tmp_path: Path) -> None:
    table = tmp_path / "bronze"
    versions = Versions()
    versions.read(str(table))
    commit(table, 0)
    versions.written(str(table))
    versions.check(str(table))
    versions.check(str(tmp_path / "never read"))
