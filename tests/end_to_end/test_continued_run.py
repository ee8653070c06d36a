"""A run that failed goes on with what Kedro suggests, from any step, and gives the tables of one that did not fail."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.hooks import hook_impl
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from support.runs import PROJECT, RUN_COLUMNS, content, run_project

from customer_360.pipeline_registry import whole_flow

SETTINGS = {"sources": "sample", "sample_customers": 60, "sample_seed": 5}
TABLES = ("gold/identity_clusters", "gold/identity_links", "gold/customer_crosswalk", "gold/customer_360")
STEPS = (
    "prepare_records", "block_records", "compare_candidates", "train_model", "score_candidates", "cluster_records",
    "link_records", "find_former_customers", "assign_ids", "log_identity_events",
)  # fmt: skip
OF_CHANGES = ("block_records", "score_candidates", "link_records")


class Broken:
    """Fails before a step."""

    def __init__(self, step: str) -> None:
        self.step = step

    @hook_impl
    def before_node_run(self, node: Any) -> None:
        if node.name == self.step:
            raise OSError("the disk is full")


def fail(lakehouse: Path, step: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """A run that fails at this step; the steps that Kedro suggests to go on from."""
    bootstrap_project(PROJECT)
    capsys.readouterr()
    with KedroSession.create(
        project_path=PROJECT, runtime_params={"lakehouse": str(lakehouse), **SETTINGS}
    ) as session:
        session._hook_manager.register(Broken(step), name="broken")
        with pytest.raises(OSError, match="disk is full"):
            session.run(pipeline_names=["enrichment"])
        session._hook_manager.unregister(name="broken")
    [suggested] = re.findall(
        r"What is done stays\. To go on .* --from-nodes ([\w,]+)", capsys.readouterr().out
    )
    return str(suggested).split(",")


def go_on(lakehouse: Path, steps: list[str]) -> None:
    with KedroSession.create(
        project_path=PROJECT, runtime_params={"lakehouse": str(lakehouse), **SETTINGS}
    ) as session:
        session.run(pipeline_names=["enrichment"], from_nodes=steps)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lakehouse whose sources have changed since its first run, up to silver."""
    lakehouse = tmp_path_factory.mktemp("continued") / "lakehouse"
    run_project(lakehouse, **SETTINGS)
    erp = lakehouse / "Files" / "landing" / "erp_customers.csv"
    lines = erp.read_text(encoding="utf-8").splitlines(keepends=True)
    erp.write_text("".join(lines[:-3]), encoding="utf-8")
    run_project(lakehouse, "ingestion", "cleaning", **SETTINGS)
    return lakehouse


@pytest.fixture(scope="module")
def started(
    spark: SparkSession, before: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Where a run begins, with the state of a former resolution or without it, and what an undisturbed one makes."""
    found = {}
    for kind in ("changes", "everything"):
        lakehouse, smooth = (tmp_path_factory.mktemp(name) / "lakehouse" for name in ("start", "smooth"))
        shutil.copytree(before, lakehouse)
        if kind == "everything":
            shutil.rmtree(lakehouse / "Files" / "state" / "identity")
        shutil.copytree(lakehouse, smooth)
        run_project(smooth, "enrichment", **SETTINGS)
        found[kind] = lakehouse, content(spark, smooth, TABLES, without=RUN_COLUMNS)
    return found


def test_the_steps_are_those_of_the_flow() -> None:
    assert set(STEPS) <= {node.name for node in whole_flow().nodes}


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "step"),
    [*(("everything", step) for step in STEPS), *(("changes", step) for step in OF_CHANGES)],
)
def test_a_failed_run_goes_on(  # noqa: PLR0917
    spark: SparkSession,
    started: dict[str, tuple[Path, dict[str, Any]]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    step: str,
) -> None:
    start, expected = started[kind]
    lakehouse = tmp_path / "lakehouse"
    shutil.copytree(start, lakehouse)
    suggested = fail(lakehouse, step, capsys)
    assert "prepare_records" not in suggested or step == "prepare_records", "it begins anew"
    go_on(lakehouse, suggested)
    assert content(spark, lakehouse, TABLES, without=RUN_COLUMNS) == expected
    assert not list((lakehouse / "Files" / "work").glob("*")), "what the run made on the way is left"
