"""Ids and history over runs of the whole project: changes at the sources, decisions, and runs that are killed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from support.runs import PROJECT, RUN_COLUMNS, content, read, run_project

SETTINGS = {"sources": "sample", "sample_customers": 60, "sample_seed": 5}
IDENTITY = (
    "gold/identity_events",
    "gold/customer_crosswalk",
    "gold/customer_profile_history",
    "gold/customer_360",
)


@pytest.fixture(scope="module")
def changed(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A lakehouse after one whole run, whose bronze and silver have moved on since."""
    root = tmp_path_factory.mktemp("changed")
    run_project(root, **SETTINGS)
    landing = root / "Files" / "landing"
    tickets = json.loads((landing / "support_tickets.json").read_text())
    (landing / "support_tickets.json").write_text(json.dumps(tickets[3:]))
    lines = (landing / "erp_customers.csv").read_text().splitlines()
    (landing / "erp_customers.csv").write_text("\n".join([*lines[:-3], "E-new,New Person,,,,,T-new"]) + "\n")
    run_project(root, "ingestion", "cleaning", **SETTINGS)
    yield root


def killed(lakehouse: Path, after: str) -> None:
    """The pipeline enrichment as far as this node, as a run leaves it that is killed then."""
    bootstrap_project(PROJECT)
    with KedroSession.create(
        project_path=PROJECT, runtime_params={"lakehouse": str(lakehouse), **SETTINGS}
    ) as session:
        session.run(pipeline_names=["enrichment"], to_nodes=[after])


def decide(spark: SparkSession, lakehouse: Path) -> None:
    """A decision that counts and two that cannot."""
    first, second = (row.source_key for row in read(spark, lakehouse, "silver/crm_users").head(2))
    (lakehouse / "Files" / "landing" / "identity_decisions.csv").write_text(
        "decision,left_source,left_key,right_source,right_key,decided_by,decided_at,reason\n"
        f"different,crm,{first},crm,{second},ann,2026-03-01,met both\n"
        f"same,crm,{first},crm,nobody,ann,2026-03-01,\n"
        "same,crm\n"
    )


@pytest.mark.long
def test_killed_and_repeated_runs_give_the_tables_of_one_that_was_not(
    spark: SparkSession, changed: Path, tmp_path: Path
) -> None:
    """Records came and went, people decided; one lakehouse is killed at every point that matters, one after another."""
    decide(spark, changed)
    before = content(spark, changed, IDENTITY, without=RUN_COLUMNS)
    smooth, rough = tmp_path / "smooth", tmp_path / "rough"
    shutil.copytree(changed, smooth)
    shutil.copytree(changed, rough)
    run_project(smooth, "enrichment", **SETTINGS)
    for node in ("link_records", "log_identity_events", "keep_profile_history"):
        killed(rough, node)
    run_project(rough, "enrichment", **SETTINGS)
    expected = content(spark, smooth, IDENTITY, without=RUN_COLUMNS)
    assert content(spark, rough, IDENTITY, without=RUN_COLUMNS) == expected
    for table in IDENTITY[:3]:
        assert expected[table] != before[table], f"nothing happened in {table}: the test shows nothing"
    check_decisions(spark, rough)
    check_that_what_is_gone_left(spark, rough)


def check_decisions(spark: SparkSession, lakehouse: Path) -> None:
    rows = read(spark, lakehouse, "gold/identity_decisions").collect()
    assert {row.status: (row.line, row.problem and row.problem.split(";")[0]) for row in rows} == {
        "in_force": (2, None),
        "unknown_record": (3, "there is no record crm nobody"),
        "malformed": (4, "the row has too few or too many fields"),
    }
    forced = read(spark, lakehouse, "gold/identity_events").where("event = 'forced'").collect()
    assert [row.reason for row in forced] == ["different: by ann 2026-03-01, met both"]


def check_that_what_is_gone_left(spark: SparkSession, lakehouse: Path) -> None:
    """Records that are missing from a complete pull belong to nobody; the log tells, and keeps who they were."""
    deleted = read(spark, lakehouse, "bronze/erp_customers").where("operation = 'delete'")
    gone = {row.source_key for row in deleted.collect()}
    owned = read(spark, lakehouse, "gold/customer_crosswalk").where("source = 'erp'")
    assert gone and not gone & {row.source_key for row in owned.collect()}
    events = read(spark, lakehouse, "gold/identity_events")
    left = events.where("event = 'left' AND source = 'erp'").collect()
    assert gone == {row.source_key for row in left}
