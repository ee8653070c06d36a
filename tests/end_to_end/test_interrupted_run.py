"""Ctrl-C and SIGTERM at any moment of a run: it ends, says so in a line, and leaves no process and no lease."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.fabric_runtime import require_java
from support.runs import PROJECT

from customer_360.lakehouse.lease import FOLDER, take_lease
from customer_360.lakehouse.store import LocalStore

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="where signals are sent to processes"),
]


def start(lakehouse: Path, *settings: str) -> subprocess.Popen[str]:
    parameters = ",".join([f"lakehouse={lakehouse}", "sources=sample", "sample_customers=60", *settings])
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("kedro")), "run", "--params", parameters],
        cwd=PROJECT,
        env={**os.environ, "DO_NOT_TRACK": "1", "COLUMNS": "160", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str], line: str, *signals: signal.Signals, later: float = 0) -> list[str]:
    """Send signals when the run has printed a line, and see that everything of it ends."""
    assert process.stdout
    assert process.stderr
    assert any(line in printed for printed in process.stdout), f"the run never said {line}"
    time.sleep(later)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    began = time.monotonic()
    for number in signals:
        process.send_signal(number)
    process.wait(timeout=60)
    seconds = time.monotonic() - began
    assert seconds < 5, f"it took {seconds:.1f} s"  # two, and what a busy machine adds
    process.stdout.read()
    errors = [text for text in process.stderr.read().splitlines() if text.strip()]
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    return errors


def is_free(lakehouse: Path) -> bool:
    newest = max((lakehouse / FOLDER).glob("*.json"))
    return json.loads(newest.read_text())["held"] is False


@pytest.mark.parametrize(
    ("line", "signals", "code"),
    [
        ("ingest_crm_users", [signal.SIGINT], 130),
        ("check_decisions", [signal.SIGINT, signal.SIGINT], 130),
        ("link_records", [signal.SIGTERM], 143),
    ],
)
def test_an_interrupt_ends_a_run(tmp_path: Path, line: str, signals: list[signal.Signals], code: int) -> None:
    process = start(tmp_path)
    errors = end(process, line, *signals, later=0.3)
    assert process.returncode == code
    assert errors == [
        "Interrupted: the run has ended. Nothing is half written; the next run continues where this one stopped."
    ]
    assert is_free(tmp_path)
    assert list(tmp_path.glob("Files/staging/*/*")) == []


def test_an_interrupt_ends_the_wait_for_another_run(tmp_path: Path) -> None:
    held = take_lease(LocalStore(tmp_path), run_id="other", wait=0, expiry=60, say=print)
    process = start(tmp_path)
    end(process, "is being written by", signal.SIGINT)
    assert process.returncode == 130
    held.check()
    held.release()


def test_a_run_that_lost_its_lease_ends_before_it_writes_more(tmp_path: Path) -> None:
    process = start(tmp_path, "lease_expiry=5")
    assert process.stdout
    assert any("ingest_crm_users" in line for line in process.stdout)
    number = int(max((tmp_path / FOLDER).glob("*.json")).stem)
    content = json.dumps({"held": True, "owner": None, "run_id": "taker", "taken_at": "", "expiry": 60,
                          "interrupted": False, "token": "t"})  # fmt: skip
    (tmp_path / FOLDER / f"{number + 1:010d}.json").write_text(content)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "lost the lease" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "Tables" / "gold" / "run_report").exists()


@pytest.mark.jvm
def test_an_interrupt_ends_the_jvm_with_the_run(tmp_path: Path) -> None:
    require_java()
    process = start(tmp_path, "engine=spark")
    end(process, "ingest_crm_users", signal.SIGINT, later=1)
    assert process.returncode == 130
    assert is_free(tmp_path)
