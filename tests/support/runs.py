"""Runs of the whole project for tests, in this process (embedded engine) or as a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pyspark.sql import DataFrame, SparkSession
from support.declared import tested_project

PROJECT = tested_project()
# They tell runs apart, and have rows of each.
OF_RUNS = frozenset({"gold/run_manifest", "gold/run_report_history"})
Rows = list[tuple[Any, ...]]
# A run's own id and time, which differ from one run to the next by nature.
RUN_COLUMNS = frozenset({"run_id", "run_time", "ingested_at", "valid_from", "valid_to"})


def run_project(lakehouse: Path, *pipelines: str, **settings: Any) -> None:
    """`kedro run --pipelines ... --params ...` without the process."""
    bootstrap_project(PROJECT)
    parameters = {"lakehouse": str(lakehouse), **settings}
    with KedroSession.create(project_path=PROJECT, runtime_params=parameters) as session:
        session.run(pipeline_names=list(pipelines) or None)


def kedro(
    *arguments: str, project: Path = PROJECT, timeout: int = 300, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The `kedro` of this environment, as a user calls it."""
    command = str(Path(sys.executable).with_name("kedro"))
    return subprocess.run(
        [command, *arguments],
        cwd=project,
        env={**os.environ, "DO_NOT_TRACK": "1", "COLUMNS": "160", **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def kedro_here(*arguments: str, **environment: str) -> Result:
    """The same without the process, which takes seconds to start: for what does not depend on one."""
    bootstrap_project(PROJECT)
    from customer_360.cli.project import cli

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        for name, value in environment.items():
            patch.setenv(name, value)
        return CliRunner().invoke(cli, arguments)


def tables(lakehouse: Path, *layers: str) -> list[str]:
    """`layer/table` of every Delta table there is, but for those that tell runs apart."""
    found = [log.parent for log in (lakehouse / "Tables").glob("*/*/_delta_log")]
    names = sorted({f"{table.parent.name}/{table.name}" for table in found} - OF_RUNS)
    return [name for name in names if not layers or name.split("/")[0] in layers]


def read(spark: SparkSession, lakehouse: Path, table: str) -> DataFrame:
    return spark.read.format("delta").load(str(lakehouse / "Tables" / table))


def content(
    spark: SparkSession, lakehouse: Path, names: Iterable[str] | None = None, *, without: Iterable[str] = ()
) -> dict[str, Rows]:
    """Every row of every table, in an order of its own, without the columns ``without``."""
    frames = {name: read(spark, lakehouse, name) for name in (names or tables(lakehouse))}
    kept = {name: frame.drop(*set(without)) for name, frame in frames.items()}
    return {name: sorted((tuple(row) for row in frame.collect()), key=repr) for name, frame in kept.items()}
