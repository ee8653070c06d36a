"""JVM Spark finds the features that the embedded engine finds; in a process of its own, which holds one engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from feature_values import features_of
from identity.prepare.features_on_jvm_spark import records
from pyspark.sql import SparkSession

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.jvm
@pytest.mark.timeout(1800)
def test_both_engines_find_the_same_features(spark: SparkSession) -> None:
    if not shutil.which("java") and not os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.skip("JVM Spark needs Java 17 or 21")
    here = os.pathsep.join([str(PROJECT / "tests"), str(PROJECT)])
    done = subprocess.run(
        [sys.executable, "-m", "identity.prepare.features_on_jvm_spark", "spark"],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": here}, capture_output=True, text=True, timeout=1700, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FEATURES ")]
    theirs: list[dict[str, Any]] = json.loads(line.removeprefix("FEATURES "))
    ours = json.loads(json.dumps(features_of(spark, records()), sort_keys=True, default=str))
    differing = [
        (record, {name: (row[name], other[name]) for name in row if row[name] != other[name]})
        for record, row, other in zip(records(), ours, theirs, strict=True)
        if row != other
    ]
    assert differing == []
