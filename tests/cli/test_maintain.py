"""`kedro maintain`, as people type it, over a small lakehouse."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import Result
from pyspark.sql import SparkSession
from support.runs import kedro_here
from support.worn_lakehouse import WornLakehouse, worn

from customer_360.lakehouse import open_store, take_lease

AT_ONCE = (
    "maintenance.retention_hours=0,maintenance.allow_shorter_retention=true,maintenance.log_retention_hours=0"
)


@pytest.fixture(scope="module")
def after_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return worn(tmp_path_factory.mktemp("cli_maintain") / "lake").root


@pytest.fixture
def lakehouse(spark: SparkSession, after_runs: Path, tmp_path: Path) -> WornLakehouse:
    return WornLakehouse(Path(shutil.copytree(after_runs, tmp_path / "lake")))


def maintain(lakehouse: WornLakehouse, *options: str, params: str = "") -> Result:
    return kedro_here("maintain", "--params", f"lakehouse={lakehouse.root},sources=live,{params}", *options)


def test_it_tells_what_it_would_do_does_it_and_then_has_nothing_to_do(lakehouse: WornLakehouse) -> None:
    files = lakehouse.files()
    dry = maintain(lakehouse, "--dry-run", params=AT_ONCE)
    assert dry.exit_code == 0, dry.output
    assert lakehouse.files() == files
    assert "would be done" in dry.stdout and "12 small files joined" in dry.stdout
    done = maintain(lakehouse, params=AT_ONCE)
    assert done.exit_code == 0, done.output
    header, log, *_ = done.stdout.splitlines()
    assert header.split() == ["table", "files", "kB", "was", "done"]
    assert log.startswith("bronze/crm_users ") and "12 small files joined; 12 old files removed" in log
    assert "gold/run_manifest names the new versions of 2 tables; rows are the same." in done.stdout
    assert f"\n{lakehouse.root} maintained after " in done.stdout
    again = maintain(lakehouse, "--verbose", params=AT_ONCE)
    assert again.stdout.startswith(f"Nothing to do in {lakehouse.root}: none of its 4 tables has small files")
    assert "gold/customer_360              nothing to gain" in again.stdout


def test_by_default_former_versions_stay_and_fewer_files_are_read(lakehouse: WornLakehouse) -> None:
    rows = lakehouse.rows("gold/customer_360", 3)
    done = maintain(lakehouse)
    assert done.exit_code == 0, done.output
    assert "removed" not in done.stdout
    assert lakehouse.rows("gold/customer_360", 3) == rows


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ("maintenance.retention_hours=3", "retention_hours=3 would take files from those who still read"),
        ("maintenance.retention=3", "maintenance.retention: there is no such setting."),
        ("retention_hours=3", "Unknown run setting 'retention_hours'."),
        ("engine=duck", "Run settings: engine: input should be 'sail', 'spark' or 'active'"),
    ],
)
def test_what_cannot_be_used_is_said(lakehouse: WornLakehouse, params: str, message: str) -> None:
    files = lakehouse.files()
    refused = maintain(lakehouse, params=params)
    assert refused.exit_code == 1
    assert message in refused.output
    assert lakehouse.files() == files


def test_a_run_that_is_under_way_is_named(lakehouse: WornLakehouse) -> None:
    lease = take_lease(open_store(str(lakehouse.root)), run_id="a-run", wait=0, expiry=60, say=print)
    refused = maintain(lakehouse, params="lease_wait=0")
    lease.release()
    assert refused.exit_code == 1
    assert "is still being written by process" in refused.output and "run a-run" in refused.output


def test_a_lakehouse_without_tables_is_said(tmp_path: Path) -> None:
    refused = maintain(WornLakehouse(tmp_path / "none"))
    assert refused.exit_code == 1
    assert "There are no tables in" in refused.output and "kedro run writes them" in refused.output
