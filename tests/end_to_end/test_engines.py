"""JVM Spark with Delta gives the same gold tables as the embedded engine, row for row."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from support.canonical import by_deltalake, by_polars, by_spark
from support.runs import PROJECT, RUN_COLUMNS, kedro, read, tables

pytestmark = [pytest.mark.jvm, pytest.mark.timeout(1800)]  # a JVM on a busy machine takes its time

SETTINGS = "sources=sample,sample_customers=60,sample_seed=7"


def require_java() -> None:
    if shutil.which("java"):
        return
    if os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.fail("there is no Java, and this run must not skip")
    pytest.skip("engine=spark needs Java 17 or 21")


def rows(spark: SparkSession, lakehouse: Path, table: str) -> list[str]:
    frame = read(spark, lakehouse, table)
    columns = [name for name in frame.columns if name not in RUN_COLUMNS]
    return sorted(repr(row) for row in frame.select(*columns).collect())


def log_lines(lakehouse: Path, table: str) -> list[dict[str, Any]]:
    log = lakehouse / "Tables" / table / "_delta_log"
    return [
        json.loads(line) for commit in sorted(log.glob("*.json")) for line in commit.read_text().splitlines()
    ]


@pytest.fixture(scope="module")
def lakehouses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One lakehouse of each engine, from the same sources."""
    require_java()
    root = tmp_path_factory.mktemp("engines")
    for engine in ("sail", "spark"):
        result = kedro(
            "run", "--params", f"engine={engine},lakehouse={root / engine},{SETTINGS}", timeout=900
        )
        assert result.returncode == 0, result.stdout + result.stderr
    return {engine: root / engine for engine in ("sail", "spark")}


def test_both_engines_give_the_same_tables(spark: SparkSession, lakehouses: dict[str, Path]) -> None:
    names = tables(lakehouses["sail"])
    assert names == tables(lakehouses["spark"])
    assert "gold/customer_360" in names
    for name in names:
        if not name.startswith("bronze/"):  # whose origin names the lakehouse
            assert rows(spark, lakehouses["sail"], name) == rows(spark, lakehouses["spark"], name), name


# ------------------------------------------------------------------------------- tables that anyone can read
# What reader 1 and writer 2 have; the SQL endpoint, Direct Lake and old readers take no more.
SIMPLE_TYPES = {
    "string",
    "long",
    "integer",
    "short",
    "double",
    "float",
    "boolean",
    "date",
    "timestamp",
    "binary",
}
NAME = re.compile(r"[a-z][a-z0-9_]{0,127}")


def types_in(kind: object) -> set[str]:
    """Names of all types in a Delta type, however deep."""
    if isinstance(kind, str):
        return {re.sub(r"\(.*", "", kind)}
    assert isinstance(kind, dict)
    if kind["type"] == "struct":
        return set().union(*(types_in(one["type"]) for one in kind["fields"]))
    return set().union(
        *(types_in(kind[part]) for part in ("elementType", "keyType", "valueType") if part in kind)
    )


@pytest.mark.parametrize("engine", ["sail", "spark"])
def test_every_table_keeps_to_what_anyone_can_read(lakehouses: dict[str, Path], engine: str) -> None:
    check_protocol(lakehouses[engine])


def check_protocol(lakehouse: Path) -> None:
    """Versions, features, names and types of every table, as its log has them."""
    for name in tables(lakehouse):
        lines = log_lines(lakehouse, name)
        protocols = [one["protocol"] for one in lines if "protocol" in one]
        assert {(one["minReaderVersion"], one["minWriterVersion"]) for one in protocols} == {(1, 2)}, name
        assert not any(one.get("readerFeatures") or one.get("writerFeatures") for one in protocols), name
        assert not any(one["add"].get("deletionVector") for one in lines if "add" in one), name
        metadata = [one["metaData"] for one in lines if "metaData" in one][-1]
        assert metadata["configuration"].get("delta.enableDeletionVectors", "false") == "false", name
        assert metadata["configuration"].get("delta.columnMapping.mode", "none") == "none", name
        fields = json.loads(metadata["schemaString"])["fields"]
        assert all(NAME.fullmatch(part) for part in (*name.split("/"), *(one["name"] for one in fields))), (
            name
        )
        for one in fields:
            assert types_in(one["type"]) <= SIMPLE_TYPES | {"decimal"}, f"{name}.{one['name']}: {one['type']}"


@pytest.fixture(scope="module")
def by_jvm(lakehouses: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Content of every table of both lakehouses, read by JVM Spark: by folder."""
    folders = [str(root / "Tables" / name) for root in lakehouses.values() for name in tables(root)]
    output = tmp_path_factory.mktemp("jvm") / "content.json"
    program = PROJECT / "tests" / "support" / "canonical.py"
    result = subprocess.run(
        [sys.executable, str(program), str(output), *folders],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    content: dict[str, list[str]] = json.loads(output.read_text())
    return content


@pytest.mark.parametrize("engine", ["sail", "spark"])
def test_every_reader_sees_the_same(
    spark: SparkSession,
    lakehouses: dict[str, Path],
    by_jvm: dict[str, list[str]],
    engine: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC")  # collect() gives local times without their zone
    time.tzset()
    for name in tables(lakehouses[engine]):
        folder = lakehouses[engine] / "Tables" / name
        expected = by_deltalake(folder)
        assert by_polars(folder) == expected, f"Polars, {name}"
        assert by_jvm[str(folder)] == expected, f"JVM Spark, {name}"
        assert by_spark(spark, folder) == expected, f"Sail, {name}"


def test_jvm_spark_continues_a_lakehouse_of_the_embedded_engine(
    spark: SparkSession, lakehouses: dict[str, Path], tmp_path: Path
) -> None:
    """The second run finds nothing new, whoever made the first, and leaves tables that anyone can read."""
    lakehouse = tmp_path / "lakehouse"
    shutil.copytree(lakehouses["sail"], lakehouse)
    result = kedro("run", "--params", f"engine=spark,lakehouse={lakehouse},{SETTINGS}", timeout=900)
    assert result.returncode == 0, result.stdout + result.stderr
    for name in tables(lakehouses["sail"]):
        assert rows(spark, lakehouse, name) == rows(spark, lakehouses["sail"], name), name
    check_protocol(lakehouse)
