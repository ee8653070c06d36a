"""JVM Spark goes every way through a resolution, and finds what the embedded engine finds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from identity.branches_on_jvm_spark import outcomes
from pyspark.sql import SparkSession

PROJECT = Path(__file__).resolve().parents[2]
KINDS = {
    "trained": "train",
    "nothing": "nothing",
    "everything": "everything",
    "decisions alone": "changes",
    "changes": "changes",
    "decisions taken back": "changes",
}


@pytest.mark.jvm
@pytest.mark.timeout(1800)
def test_both_engines_go_every_way(spark: SparkSession, tmp_path: Path) -> None:
    if not shutil.which("java") and not os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.skip("JVM Spark needs Java 17 or 21")
    here = os.pathsep.join([str(PROJECT / "tests"), str(PROJECT)])
    done = subprocess.run(
        [sys.executable, "-m", "identity.branches_on_jvm_spark", "spark", str(tmp_path / "jvm")],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": here}, capture_output=True, text=True, timeout=1700, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "frames that executors still hold: 0" in done.stdout
    [line] = [line for line in done.stdout.splitlines() if line.startswith("OUTCOMES ")]
    theirs = json.loads(line.removeprefix("OUTCOMES "))
    ours = outcomes(spark, tmp_path / "sail")
    assert {name: found["kind"] for name, found in ours.items()} == {
        **{f"{way}, {name}": kind for way in ("blocks", "all pairs") for name, kind in KINDS.items()},
        "not remembered, decided": "train",
        "components in rounds": "train",
    }
    for name, found in ours.items():
        assert theirs[name] == found, name
