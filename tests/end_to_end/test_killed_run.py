"""A run that is killed leaves nothing that the next run does not put right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import PROJECT, RUN_COLUMNS, content, run_project, tables

SETTINGS = {"sources": "sample", "sample_customers": 120, "sample_seed": 3}


@pytest.fixture(scope="module")
def undisturbed(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("undisturbed")
    run_project(root, **SETTINGS)
    return root


def kill_after(node: str, lakehouse: Path) -> None:
    """`kedro run`, killed as soon as it says that ``node`` is done."""
    parameters = ",".join(f"{name}={value}" for name, value in {"lakehouse": lakehouse, **SETTINGS}.items())
    with subprocess.Popen(
        [str(Path(sys.executable).with_name("kedro")), "run", "--params", parameters],
        cwd=PROJECT,
        env={**os.environ, "DO_NOT_TRACK": "1", "COLUMNS": "160", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any(node in line for line in process.stdout), f"the run never came to {node}"
        process.kill()


@pytest.mark.long
@pytest.mark.parametrize("node", ["ingest_erp_customers", "collect_quarantine"])
def test_the_next_run_gives_what_an_undisturbed_run_gives(
    spark: SparkSession, undisturbed: Path, tmp_path: Path, node: str
) -> None:
    kill_after(node, tmp_path)
    assert "gold/run_report" not in tables(tmp_path)
    run_project(tmp_path, **SETTINGS)
    names = tables(undisturbed, "gold")
    assert tables(tmp_path) == tables(undisturbed)
    assert content(spark, tmp_path, names, without=RUN_COLUMNS) == content(
        spark, undisturbed, names, without=RUN_COLUMNS
    )
    left = [path for path in (tmp_path / "Files").rglob("*") if path.suffix in (".jsonl", ".partial")]
    assert left == []
