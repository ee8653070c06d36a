from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from customer_360.engine.session import EngineError, running_engine, start_engine


def test_the_running_engine_is_reused(spark: SparkSession) -> None:
    assert start_engine("sail") is spark
    assert running_engine() == "sail"


def test_a_process_holds_one_engine(spark: SparkSession) -> None:
    with pytest.raises(EngineError, match="already runs the engine 'sail' and cannot change to 'spark'"):
        start_engine("spark")


def test_an_unknown_engine_names_the_known_ones() -> None:
    with pytest.raises(EngineError, match=r"Unknown engine 'duck'\. Allowed: sail, spark, active"):
        start_engine("duck")


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_spark_with_its_client_only_says_what_to_install() -> None:
    code = "import sys; sys.modules['delta'] = None\n"  # as where pyspark-client is all there is of Spark
    result = run_python(f"{code}from customer_360.engine import start_engine; start_engine('spark')")
    assert result.returncode == 1
    assert "EngineError: The engine 'spark' needs JVM Spark, which is not installed" in result.stderr
    assert "make spark" in result.stderr


@pytest.mark.jvm
def test_spark_without_java_says_what_to_do(tmp_path: Path) -> None:
    code = "from customer_360.engine import start_engine; start_engine('spark')"
    result = run_python(code, PATH=str(tmp_path), JAVA_HOME="")
    assert result.returncode == 1
    assert "needs Java 17 or 21" in result.stderr
    assert "--params engine=sail" in result.stderr


def test_active_without_a_session_says_what_to_do() -> None:
    result = run_python(
        "from customer_360.engine import start_engine; start_engine('active')", SPARK_REMOTE=""
    )
    assert result.returncode == 1
    assert "there is none" in result.stderr


def test_a_process_that_ends_without_stopping_ends_quietly() -> None:
    """Sail reports a server that is left running, and one that waits for its client never ends."""
    result = run_python(
        "from customer_360.engine import start_engine; print(start_engine('sail').range(3).count())"
    )
    assert (result.returncode, result.stdout.strip(), result.stderr.strip()) == (0, "3", "")
