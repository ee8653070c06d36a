from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.process import measured


def test_code_output_and_memory_of_a_command(tmp_path: Path) -> None:
    hold = "import time; held = bytearray(80 * 2**20); print('held'); time.sleep(0.6); raise SystemExit(3)"
    run = measured([sys.executable, "-c", hold], cwd=tmp_path)
    assert run.returncode == 3
    assert run.tail() == "held"
    assert run.seconds > 0.5
    assert 80 < run.peak_mb < 400


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    run = measured([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path, timeout=1)
    assert run.returncode != 0
    assert run.seconds < 30
