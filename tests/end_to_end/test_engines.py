"""JVM Spark with Delta gives the same gold tables as the embedded engine, row for row."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support.runs import kedro, tables

pytestmark = pytest.mark.jvm

SETTINGS = "sources=sample,sample_customers=300,sample_seed=7"


def require_java() -> None:
    if shutil.which("java"):
        return
    if os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.fail("there is no Java, and this run must not skip")
    pytest.skip("engine=spark needs a Java 17 or 21")


def rows(table: Path) -> list[str]:
    from deltalake import DeltaTable

    return sorted(map(repr, DeltaTable(str(table)).to_pyarrow_table().to_pylist()))


def protocol(table: Path) -> tuple[int, int]:
    from deltalake import DeltaTable

    versions = DeltaTable(str(table)).protocol()
    return versions.min_reader_version, versions.min_writer_version


def test_both_engines_give_the_same_tables(tmp_path: Path) -> None:
    require_java()
    for engine in ("sail", "spark"):
        result = kedro("run", "--params", f"engine={engine},lakehouse={tmp_path / engine},{SETTINGS}", timeout=600)
        assert result.returncode == 0, result.stdout + result.stderr
    sail, spark = tmp_path / "sail", tmp_path / "spark"
    names = tables(sail, "gold", "silver")
    assert names == tables(spark, "gold", "silver")
    assert "gold/customer_360" in names
    for name in tables(sail):
        assert protocol(sail / "Tables" / name) == protocol(spark / "Tables" / name) == (1, 2), name
    ignored = {"silver/quarantine"}  # carries the run's own id and time
    silver_run_ids = [name for name in names if name.startswith("silver/")]
    for name in set(names) - ignored - set(silver_run_ids):
        assert rows(sail / "Tables" / name) == rows(spark / "Tables" / name), name


def test_jvm_spark_continues_a_lakehouse_of_the_embedded_engine(tmp_path: Path) -> None:
    require_java()
    for engine in ("sail", "spark"):
        result = kedro("run", "--params", f"engine={engine},lakehouse={tmp_path},{SETTINGS}", timeout=600)
        assert result.returncode == 0, result.stdout + result.stderr
    from deltalake import DeltaTable

    bronze = DeltaTable(str(tmp_path / "Tables" / "bronze" / "crm_users"))
    assert {row["operation"] for row in bronze.to_pyarrow_table().to_pylist()} == {"insert"}
