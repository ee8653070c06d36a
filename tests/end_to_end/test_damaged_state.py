"""Whatever becomes of the identity state: the same customers as without it, and the run says that it was damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import RUN_COLUMNS, content, run_project, tables

SETTINGS = {"sources": "sample", "sample_customers": 60, "sample_seed": 7}
GROWS = {"gold/identity_model"}  # one row per run


@pytest.fixture(scope="module")
def lakehouse(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("state")
    run_project(root, **SETTINGS)
    return root


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.long
@pytest.mark.parametrize(
    ("which", "spoil"),
    [
        ("current/*.json", cut),
        ("current/*.json", empty),
        ("current/*.json", Path.unlink),
        ("*/pairs/*.parquet", Path.unlink),
        ("*/clusters/*.parquet", empty),
        ("*/records/*.parquet", cut),
    ],
)
def test_a_damaged_state_gives_the_same_tables_and_is_said(
    spark: SparkSession,
    lakehouse: Path,
    which: str,
    spoil: Callable[[Path], object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = [name for name in tables(lakehouse, "gold") if name not in GROWS]
    before = content(spark, lakehouse, names, without=RUN_COLUMNS)
    run_project(lakehouse, "enrichment", **SETTINGS)
    assert "resolved: no record has changed" in capsys.readouterr().out
    spoil(next((lakehouse / "Files" / "state" / "identity").glob(which)))
    run_project(lakehouse, "enrichment", **SETTINGS)
    assert "everything is resolved again: the state of the last run" in capsys.readouterr().out
    assert content(spark, lakehouse, names, without=RUN_COLUMNS) == before
