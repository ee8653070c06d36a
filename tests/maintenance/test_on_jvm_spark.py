"""The same maintenance by SQL on JVM Spark; its process is its own, since a process holds one engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.runs import PROJECT
from support.worn_lakehouse import KEYED, LOG, NAMES, worn

PROGRAM = """
import json, sys
from pathlib import Path
import yaml
from support.worn_lakehouse import AT_ONCE, WornLakehouse
from customer_360.engine import configure_engine
from customer_360.engine.session import stop_engine
from customer_360.maintenance import maintain_lakehouse

configure_engine("spark", yaml.safe_load(Path("conf/base/spark.yml").read_text())["spark"])
lakehouse = WornLakehouse(Path(sys.argv[1]))
said = []
for parameters in (dict(), AT_ONCE, AT_ONCE):
    report = maintain_lakehouse(lakehouse.job(engine="spark", **parameters))
    said.append({one.name: [*one.done, one.left] for one in report.tables})
stop_engine()
print("SAID " + json.dumps(said))
"""


@pytest.mark.jvm
@pytest.mark.timeout(1800)
def test_fewer_files_the_same_rows_and_nothing_to_do_afterwards(tmp_path: Path) -> None:
    if not shutil.which("java") and not os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.skip("JVM Spark needs Java 17 or 21")
    lakehouse = worn(tmp_path / "My Lake #1")
    rows = {name: lakehouse.rows(name) for name in NAMES}
    versions = lakehouse.published()
    lakehouse.write("gold/customer_360")
    newest = lakehouse.rows("gold/customer_360")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(lakehouse.root)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT / "tests")])},
        capture_output=True, text=True, timeout=1700, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("SAID ")]
    first, second, third = json.loads(line.removeprefix("SAID "))
    assert first[LOG][0] == "12 small files joined" and first[KEYED][0].endswith("sorted by customer_id")
    assert [what for what in second[LOG] if "old files removed" in what]
    unpublished = "holds changes that no run has published yet, so files of former versions stay"
    assert second["gold/customer_360"][-1] == third["gold/customer_360"][-1] == unpublished
    assert {name: what for name, what in third.items() if len(what) > 1} == {}
    published = lakehouse.published()
    assert published[LOG] > versions[LOG] and published[KEYED] > versions[KEYED]
    assert {name: lakehouse.rows(name, version) for name, version in published.items()} == rows
    assert lakehouse.rows("gold/customer_360") == newest
    for name in (LOG, KEYED):
        log = sorted((lakehouse.folder(name) / "_delta_log").glob("*.json"))
        for path in (path for path in log if int(path.stem) > versions[name]):
            for action in map(json.loads, path.read_text().splitlines()):
                assert "metaData" not in action and "protocol" not in action
                assert all(action[kind]["dataChange"] is False for kind in action.keys() & {"add", "remove"})
