"""JVM Spark with Delta gives the same gold tables as the embedded engine, row for row."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import RUN_COLUMNS, kedro, read, tables

pytestmark = [pytest.mark.jvm, pytest.mark.timeout(1800)]  # a JVM on a busy machine takes its time

SETTINGS = "sources=sample,sample_customers=300,sample_seed=7"


def require_java() -> None:
    if shutil.which("java"):
        return
    if os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.fail("there is no Java, and this run must not skip")
    pytest.skip("engine=spark needs a Java 17 or 21")


def rows(spark: SparkSession, lakehouse: Path, table: str) -> list[str]:
    frame = read(spark, lakehouse, table)
    columns = [name for name in frame.columns if name not in RUN_COLUMNS]
    return sorted(repr(row) for row in frame.select(*columns).collect())


def protocol(lakehouse: Path, table: str) -> tuple[int, int]:
    log = lakehouse / "Tables" / table / "_delta_log"
    lines = [
        json.loads(line) for commit in sorted(log.glob("*.json")) for line in commit.read_text().splitlines()
    ]
    last = [line["protocol"] for line in lines if "protocol" in line][-1]
    return last["minReaderVersion"], last["minWriterVersion"]


def test_both_engines_give_the_same_tables(spark: SparkSession, tmp_path: Path) -> None:
    require_java()
    for engine in ("sail", "spark"):
        result = kedro(
            "run", "--params", f"engine={engine},lakehouse={tmp_path / engine},{SETTINGS}", timeout=900
        )
        assert result.returncode == 0, result.stdout + result.stderr
    names = tables(tmp_path / "sail")
    assert names == tables(tmp_path / "spark")
    assert "gold/customer_360" in names
    for name in names:
        assert protocol(tmp_path / "sail", name) == protocol(tmp_path / "spark", name) == (1, 2), name
        if not name.startswith("bronze/"):  # whose origin names the lakehouse
            assert rows(spark, tmp_path / "sail", name) == rows(spark, tmp_path / "spark", name), name


def test_jvm_spark_continues_a_lakehouse_of_the_embedded_engine(spark: SparkSession, tmp_path: Path) -> None:
    require_java()
    for engine in ("sail", "spark"):
        result = kedro("run", "--params", f"engine={engine},lakehouse={tmp_path},{SETTINGS}", timeout=900)
        assert result.returncode == 0, result.stdout + result.stderr
    operations = read(spark, tmp_path, "bronze/crm_users").select("operation").distinct().collect()
    assert [row.operation for row in operations] == ["insert"]
