"""One run of the whole flow on sample data, made once for all tests that only look at what a run leaves."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.runs import kedro

SETTINGS: dict[str, Any] = {"sources": "sample", "sample_customers": 120, "sample_seed": 11}
_SECONDS = 280.0  # a run takes ten


@dataclass(frozen=True)
class SampleRun:
    """What a run left.

    Attributes:
        lakehouse: to be read and not to be written; a test that goes on from here takes a copy.
        said: what `kedro run` printed.
    """

    lakehouse: Path
    said: str


def shared_run(folder: Path) -> SampleRun:
    """`kedro run` into a folder, or what another of pytest's processes has made there (or is making).

    Args:
        folder: the same for all processes of one pytest.
    """
    lakehouse, said, failed = folder / "lakehouse", folder / "said.txt", folder / "failed.txt"
    try:
        folder.mkdir()
    except FileExistsError:
        end = time.monotonic() + _SECONDS
        while not said.exists():
            assert not failed.exists(), failed.read_text(encoding="utf-8")
            assert time.monotonic() < end, f"another process has made no sample in {folder}"
            time.sleep(0.2)
        return SampleRun(lakehouse, said.read_text(encoding="utf-8"))
    parameters = ",".join(f"{name}={value}" for name, value in SETTINGS.items())
    try:
        result = kedro("run", "--params", f"lakehouse={lakehouse},{parameters}")
        assert result.returncode == 0, result.stderr
        assert "INFO" not in result.stdout + result.stderr
    except BaseException as error:
        failed.write_text(str(error), encoding="utf-8")
        raise
    new = folder / "said.new"
    new.write_text(result.stdout, encoding="utf-8")
    new.rename(said)
    return SampleRun(lakehouse, result.stdout)
