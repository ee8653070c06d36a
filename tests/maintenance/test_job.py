"""Maintenance of small real tables, by deltalake as beside the embedded engine."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from support.worn_lakehouse import AT_ONCE, KEYED, LOG, MANIFEST, NAMES, WHOLE, WornLakehouse, worn

from customer_360.lakehouse import LakehouseDamagedError, LeaseError, open_store, take_lease
from customer_360.maintenance import maintain_lakehouse
from customer_360.maintenance.job import _maintain
from customer_360.maintenance.tools import tools_of


@pytest.fixture(scope="module")
def after_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worn(tmp_path_factory.mktemp("worn") / "My Lake #1").root


@pytest.fixture
def lakehouse(spark: SparkSession, after_runs: Path, tmp_path: Path) -> WornLakehouse:
    shutil.copytree(after_runs, tmp_path / "My Lake #1")
    found = WornLakehouse(tmp_path / "My Lake #1")
    found.runs = 100
    return found


def commits(lakehouse: WornLakehouse, name: str, first: int) -> list[dict[str, object]]:
    log = sorted((lakehouse.folder(name) / "_delta_log").glob("*.json"))
    found = [path for path in log if int(path.stem) >= first]
    return [json.loads(line) for path in found for line in path.read_text().splitlines()]


def test_fewer_files_the_same_rows_and_nothing_to_do_afterwards(lakehouse: WornLakehouse) -> None:
    rows = {name: lakehouse.rows(name) for name in NAMES}
    versions = {name: lakehouse.version(name) for name in NAMES}
    files = lakehouse.files()
    report = maintain_lakehouse(lakehouse.job(**AT_ONCE))
    assert {name: lakehouse.rows(name) for name in NAMES} == rows
    assert len(lakehouse.files()) < len(files) / 2
    assert sum(lakehouse.files().values()) < sum(files.values())
    published = lakehouse.published()
    assert {name: lakehouse.rows(name, version) for name, version in published.items()} == rows
    assert published[LOG] == versions[LOG] + 1, "readers profit from the new files"
    assert published[WHOLE] == versions[WHOLE], "one small file is written anew by the next run anyway"
    for name in (LOG, KEYED):
        for action in commits(lakehouse, name, versions[name] + 1):
            for kind in action.keys() & {"add", "remove"}:
                assert action[kind]["dataChange"] is False  # type: ignore[index]
            assert "metaData" not in action and "protocol" not in action
    [log] = [one for one in report.tables if one.name == LOG]
    assert log.done[0] == "12 small files joined"
    before = lakehouse.files()
    again = maintain_lakehouse(lakehouse.job(**AT_ONCE))
    assert [one.done for one in again.tables if one.done] == [] and lakehouse.files() == before
    assert again.lines()[0].startswith("Nothing to do in ")


def test_the_next_runs_go_on_and_the_tables_stay_plain(lakehouse: WornLakehouse, spark: SparkSession) -> None:
    from deltalake import DeltaTable

    maintain_lakehouse(lakehouse.job(**AT_ONCE))
    for name in (*NAMES, MANIFEST):
        protocol = DeltaTable(str(lakehouse.folder(name))).protocol()
        assert (protocol.min_reader_version, protocol.min_writer_version) == (1, 2)
    sizes = []
    for _ in range(3):
        for _ in range(12):
            lakehouse.run()
        rows = {name: lakehouse.rows(name) for name in NAMES}
        maintain_lakehouse(lakehouse.job(**AT_ONCE))
        assert {name: lakehouse.rows(name) for name in NAMES} == rows
        sizes.append(len(lakehouse.files()))
    assert sizes[2] <= sizes[0], sizes


def test_a_sorted_table_is_sorted_by_its_keys(spark: SparkSession, tmp_path: Path) -> None:
    """Few files hold a key: what each holds is said in the log."""
    import pyarrow as pa
    from deltalake import DeltaTable, write_deltalake

    lakehouse = WornLakehouse(tmp_path)
    lakehouse.folder(KEYED).parent.mkdir(parents=True)
    folder = str(lakehouse.folder(KEYED))
    ids = [hashlib.md5(f"{number}".encode()).hexdigest() for number in range(200_000)]
    for part in range(60):
        mine = ids[part::60]
        write_deltalake(
            folder,
            pa.table(
                {
                    "customer_id": mine,
                    "valid_from": [number % 9 for number, _ in enumerate(mine)],
                    "text": mine,
                }
            ),
            mode="append",
        )
    job = lakehouse.job(keyed_file_mb=1)
    [done] = maintain_lakehouse(job).tables
    assert done.done == ("60 small files sorted by customer_id", "checkpoint")
    files = pa.table(DeltaTable(folder).get_add_actions(flatten=True)).to_pylist()
    assert len(files) > 4
    for wanted in ids[::10_000]:
        holders = [one for one in files if one["min.customer_id"] <= wanted <= one["max.customer_id"]]
        assert len(holders) <= 2, "before, every one of them"
    assert max(one["size_bytes"] for one in files) < 1.2 * 1024 * 1024
    assert not maintain_lakehouse(job).tables[0].done


def test_by_default_former_versions_stay(lakehouse: WornLakehouse) -> None:
    before = {(name, version): lakehouse.rows(name, version) for name in NAMES for version in range(12)}
    maintain_lakehouse(lakehouse.job())
    assert {(name, version): lakehouse.rows(name, version) for name, version in before} == before


def test_what_no_run_has_published_is_not_published_and_what_was_stays(lakehouse: WornLakehouse) -> None:
    published = lakehouse.published()
    rows = {name: lakehouse.rows(name) for name in NAMES}
    for _ in range(11):
        for name in NAMES:
            lakehouse.write(name)  # runs of a part of the flow, or killed ones
    newest = {name: lakehouse.rows(name) for name in NAMES}
    maintain_lakehouse(lakehouse.job(**AT_ONCE))
    assert lakehouse.published() == published
    assert {name: lakehouse.rows(name, published[name]) for name in NAMES} == rows
    assert {name: lakehouse.rows(name) for name in NAMES} == newest


class _Killed(BaseException):
    pass


def test_killed_between_any_two_steps_and_called_again_it_is_as_if_it_had_not_been(
    lakehouse: WornLakehouse,
) -> None:
    rows = {name: lakehouse.rows(name) for name in NAMES}
    job, store, tools = lakehouse.job(**AT_ONCE), open_store(str(lakehouse.root)), tools_of("sail")
    for steps in range(1, 60):
        left = [steps % 3 + 1]

        def count(left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise _Killed

        try:
            _maintain(job, store, tools, before_writing=count)
        except _Killed:
            published = lakehouse.published()
            assert {name: lakehouse.rows(name, published[name]) for name in NAMES} == rows
            assert {name: lakehouse.rows(name) for name in NAMES} == rows
        else:
            break
    else:
        pytest.fail("it never came to an end")
    assert maintain_lakehouse(job).lines()[0].startswith("Nothing to do in ")


def test_a_dry_run_changes_nothing_and_needs_no_lease(lakehouse: WornLakehouse) -> None:
    files = lakehouse.files()
    lease = take_lease(open_store(str(lakehouse.root)), run_id="another", wait=0, expiry=60, say=print)
    report = maintain_lakehouse(lakehouse.job(**AT_ONCE), dry_run=True)
    lease.release()
    assert lakehouse.files() == files
    done = {one.name: one.done for one in report.tables}
    assert done[LOG] == ("12 small files joined", "checkpoint")
    assert done[WHOLE] == ("11 old files removed", "checkpoint")


def test_while_a_run_writes_nothing_is_maintained(lakehouse: WornLakehouse) -> None:
    files = lakehouse.files()
    lease = take_lease(open_store(str(lakehouse.root)), run_id="another", wait=0, expiry=60, say=print)
    with pytest.raises(LeaseError, match=r"still being written by .*run another"):
        maintain_lakehouse(lakehouse.job())
    lease.release()
    assert lakehouse.files() == files
    maintain_lakehouse(lakehouse.job())
    take_lease(open_store(str(lakehouse.root)), run_id="next", wait=0, expiry=60, say=print).release()


def test_a_damaged_table_stops_it_before_anything_is_changed(lakehouse: WornLakehouse) -> None:
    [*_, newest] = sorted(lakehouse.folder(WHOLE).glob("*.parquet"), key=lambda path: path.stat().st_mtime)
    newest.write_bytes(newest.read_bytes()[:-9])
    files = lakehouse.files()
    with pytest.raises(LakehouseDamagedError, match=r"gold/customer_360 .* bytes, and .* were written"):
        maintain_lakehouse(lakehouse.job(**AT_ONCE))
    assert lakehouse.files() == files


def test_tables_of_others_are_left_alone(lakehouse: WornLakehouse) -> None:
    theirs = [lakehouse.folder(name) for name in ("gold/of_somebody", "dbo/sales")]
    for folder in theirs:
        shutil.copytree(lakehouse.folder(LOG), folder)
    before = lakehouse.files()
    maintain_lakehouse(lakehouse.job(**AT_ONCE))
    names = [name for name in before if name.startswith(("gold/of_somebody", "dbo"))]
    assert {name: lakehouse.files()[name] for name in names} == {name: before[name] for name in names}


STEPS = st.lists(st.sampled_from([*NAMES, "publish", "publish", "maintain", "maintain_at_once"]), max_size=24)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_before_people_read_what_was_published(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    lakehouse = worn(tmp_path_factory.mktemp("any"), runs=1)
    wanted = {name: lakehouse.rows(name) for name in NAMES}
    for step in [*steps, "maintain_at_once"]:
        newest = {name: lakehouse.rows(name) for name in NAMES}
        if step in NAMES:
            lakehouse.write(step)
            newest[step] = lakehouse.rows(step)
        elif step == "publish":
            lakehouse.publish()
            wanted = newest
        else:
            maintain_lakehouse(lakehouse.job(**(AT_ONCE if step == "maintain_at_once" else {})))
        published = lakehouse.published()
        assert {name: lakehouse.rows(name, published[name]) for name in NAMES} == wanted
        assert {name: lakehouse.rows(name) for name in NAMES} == newest
