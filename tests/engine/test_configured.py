"""The engine that the configuration names starts with the first dataset that is loaded, and no JVM does instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kedro.io import AbstractDataset
from pyspark.sql import SparkSession

from customer_360.datasets.engine_catalog import EngineCatalog
from customer_360.engine.configured import spark_session

SCRIPT = """
import sys
from pathlib import Path
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from customer_360.engine import running_engine

bootstrap_project(Path.cwd())
with KedroSession.create(project_path=Path.cwd(), runtime_params={"lakehouse": sys.argv[1]}) as session:
    catalog = session.load_context().catalog
    assert running_engine() is None, "a context starts nothing"
    try:
        SparkSession.builder.getOrCreate()
        raise AssertionError("Spark started by itself")
    except Exception as error:
        print(type(error).__name__)
    text = {"type": "spark.SparkDatasetV2", "filepath": sys.argv[1] + "/x.txt", "file_format": "text"}
    assert type(catalog).from_config({"text": text})["text"].load().count() == 2
    print(running_engine())
"""


def test_a_script_gets_the_engine_with_its_first_dataset(project: Path, tmp_path: Path) -> None:
    """Also from a dataset of kedro-datasets; the process then ends by itself, and quietly."""
    (tmp_path / "x.txt").write_text("a\nb\n")
    java = tmp_path / "bin" / "java"  # says so when it is started
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    java.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if "SPARK" not in name}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=project,
        env={**environment, "JAVA_HOME": str(tmp_path), "PATH": f"{java.parent}:{environment['PATH']}"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == "sail"
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "started").exists(), "a JVM was started"


def test_without_a_configured_engine_the_message_says_what_to_do(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "SPARK" not in name}
    code = "from customer_360.engine.configured import spark_session; spark_session()"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 1
    assert "No engine is configured here. Load the project first" in result.stderr


@pytest.mark.parametrize("kind", ["spark.SparkDatasetV2", "spark.SparkJDBCDataset"])
def test_foreign_datasets_ask_us_for_the_session(spark: SparkSession, tmp_path: Path, kind: str) -> None:
    settings = {"url": "jdbc:x", "table": "x"} if "JDBC" in kind else {"filepath": str(tmp_path / "x.csv")}
    dataset = EngineCatalog.from_config({"one": {"type": kind, **settings}})["one"]
    assert isinstance(dataset, AbstractDataset)
    module = sys.modules[type(dataset).__module__]
    doors = [
        getattr(module, name)
        for name in ("get_spark", "get_spark_with_remote_support")
        if hasattr(module, name)
    ]
    assert doors
    assert all(door is spark_session for door in doors)


def test_the_session_is_that_of_the_running_engine(spark: SparkSession) -> None:
    assert spark_session() is spark
