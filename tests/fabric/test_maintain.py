"""What the notebook that maintains the lakehouse calls; in a process of its own, as a notebook is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support.runs import PROJECT
from support.worn_lakehouse import LOG, worn

PROGRAM = """
import sys
from customer_360 import fabric

parameters = {"lakehouse": sys.argv[1], "engine": "sail", "sources": "live"}
parameters["maintenance"] = {"retention_hours": int(sys.argv[2])}
try:
    report = fabric.maintain(None, environment="local", parameters=parameters, conf_source="conf")
except fabric.RunFailedError as error:
    print("FAILED", error)
else:
    print("EXIT", report.to_json())
"""


def maintained(root: Path, hours: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), str(hours)],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_prints_what_was_done_and_gives_it_to_the_pipeline(tmp_path: Path) -> None:
    lakehouse = worn(tmp_path / "lake")
    *printed, last = maintained(lakehouse.root, 100)
    assert printed[0].split() == ["table", "files", "kB", "was", "done"]
    report = json.loads(last.removeprefix("EXIT "))
    assert (report["status"], report["published"]) == ("succeeded", 2)
    assert report["changed"][LOG]["done"] == ["12 small files joined", "checkpoint"]
    [refused] = maintained(lakehouse.root, 1)
    assert refused.startswith("FAILED maintenance: retention_hours=1 would take files")
