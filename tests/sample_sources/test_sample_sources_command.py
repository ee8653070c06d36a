from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from customer_360.sample_sources.__main__ import main


def test_generates_and_prints_the_paths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--customers", "5", "--seed", "1", "--out", str(tmp_path / "sample")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(Path(line.partition(": ")[2]).is_file() for line in lines)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "nothing to do"),
        (["--serve"], "--out DIR"),
        (["--out", "x", "--customers", "-1"], "0 or more"),
        (["--serve-files", "users"], "NAME=PATH"),
    ],
)
def test_wrong_arguments_are_explained(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert text in capsys.readouterr().err


def test_a_missing_file_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--serve-files", f"users={tmp_path / 'none.jsonl'}"]) == 2
    assert "none.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_it_is_interrupted(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "customer_360.sample_sources"]
    arguments = ["--customers", "5", "--out", str(tmp_path), "--serve", "--no-rate-limit"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            for resource in ("users", "posts"):
                assert requests.get(f"{url}/{resource}", timeout=5).json()["total"] >= 1
        finally:
            process.send_signal(number)
        assert process.wait(timeout=10) == 0
