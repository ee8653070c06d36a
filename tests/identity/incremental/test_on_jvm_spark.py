"""One fixed sequence on JVM Spark; its process is its own, since a process holds one engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]


@pytest.mark.jvm
@pytest.mark.timeout(1800)
def test_changes_give_what_everything_gives(tmp_path: Path) -> None:
    """The benchmark command compares the clusters, and fails if they differ."""
    if not shutil.which("java") and not os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.skip("JVM Spark needs Java 17 or 21")
    command = [sys.executable, "-m", "benchmarks.identity.incremental", str(tmp_path), "own_200"]
    done = subprocess.run(
        [*command, "--engine", "spark", "--changed", "0.03", "--check"],
        cwd=PROJECT, capture_output=True, text=True, timeout=1700, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "records in other clusters: 0" in done.stdout
