"""Runs a command and measures it as a whole: seconds, and the peak memory of the process with its children."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY = 0.1


@dataclass(frozen=True)
class Run:
    """What a whole process took."""

    returncode: int
    seconds: float
    peak_mb: float
    output: str

    def tail(self, lines: int = 3) -> str:
        """The last lines it wrote."""
        return " / ".join(line for line in self.output.splitlines()[-lines:] if line.strip())


def measured(
    command: list[str], *, cwd: Path, timeout: float = 1800.0, env: Mapping[str, str] | None = None
) -> Run:
    """Run ``command``; one that takes longer than ``timeout`` seconds is ended, with its children (code -9)."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=log, stderr=subprocess.STDOUT, text=True)
        watch = _Watch(process.pid)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            _end(process)
        seconds = time.perf_counter() - begin
        peak = watch.stop()
        log.seek(0)
        return Run(process.returncode, seconds, peak, log.read())


class _Watch:
    """Samples the resident memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._peak = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Megabytes at the highest."""
        self._stopped.set()
        self._thread.join()
        return self._peak / 2**20

    def _sample(self) -> None:
        while not self._stopped.wait(_EVERY):
            total = 0
            with contextlib.suppress(psutil.Error):
                for process in (self._root, *self._root.children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        total += process.memory_info().rss
            self._peak = max(self._peak, total)


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.kill()
    process.kill()
    process.wait()
