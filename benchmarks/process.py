"""Runs a command and measures it as a whole: seconds, processor time and peak memory of it with its children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

_EVERY = 0.1
# Below this share of free memory a machine without swap stands still, or its kernel ends some process.
_LEAST_FREE = 0.015
_LONGEST_GOODBYE = 5.0


@dataclass(frozen=True)
class Run:
    """What a whole process took.

    Attributes:
        returncode: its exit code; negative is the signal that ended it.
        seconds: on the clock.
        peak_mb: resident memory of the process and all below it, added up, at the highest; megabytes (2**20).
        lines: what it wrote, each line with the time at which it came (seconds since 1970).
        cpu_seconds: processor time of all of them; at most 0.1 s of one that ended by itself is missing.
        stopped: why it was ended from here, blank if it was not.
        began: when it was started, seconds since 1970.
    """

    returncode: int
    seconds: float
    peak_mb: float
    lines: tuple[tuple[float, str], ...]
    cpu_seconds: float = 0.0
    stopped: str = ""
    began: float = 0.0

    @property
    def output(self) -> str:
        """All that it wrote."""
        return "".join(f"{line}\n" for _, line in self.lines)

    def tail(self, lines: int = 3) -> str:
        """The last lines it wrote."""
        return " / ".join(line for _, line in self.lines[-lines:] if line.strip())

    @property
    def failure(self) -> str:
        """Why it did not do its work, in words; blank if it did."""
        if self.stopped:
            return f"stopped: {self.stopped}"
        if self.returncode == -signal.SIGKILL:
            return "killed (SIGKILL), as a kernel does when memory runs out"
        if self.returncode < 0:
            return f"ended by {signal.Signals(-self.returncode).name}"
        return f"exit code {self.returncode}" if self.returncode else ""


def measured(
    command: list[str],
    *,
    cwd: Path,
    timeout: float = 1800.0,
    env: Mapping[str, str] | None = None,
    spare_machine: bool = False,
) -> Run:
    """Run ``command``; one that takes longer than ``timeout`` seconds is ended, with its children (code -9).

    With ``spare_machine`` it is the first that a kernel without memory ends, and it is ended from here when almost no
    memory is left, so that the caller can say so and go on.
    """
    began, begin = time.time(), time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    if spare_machine:
        _end_this_first(process.pid)
    assert process.stdout is not None
    reader = _Reader(process.stdout)
    watch = _Watch(process.pid, spare_machine=spare_machine)
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        watch.end(f"it took more than {timeout:.0f} s")
        process.wait()
    except BaseException:  # an interrupt: nothing goes on without us
        watch.end("interrupted")
        raise
    seconds = time.perf_counter() - begin
    watch.stop()
    return Run(
        process.returncode,
        seconds,
        watch.peak / 2**20,
        reader.all(),
        watch.cpu_seconds(),
        watch.reason,
        began,
    )


class _Reader:
    """Takes the lines of a process as they come; a child that outlives it does not hold it up."""

    def __init__(self, pipe: IO[str]) -> None:
        self._lines: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def all(self) -> tuple[tuple[float, str], ...]:
        self._thread.join(_LONGEST_GOODBYE)
        return tuple(self._lines)

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            self._lines.append((time.time(), line.rstrip("\n")))


@dataclass
class _Watch:
    """Samples memory and processor time of a process and all below it."""

    pid: int
    spare_machine: bool = False
    peak: int = 0
    reason: str = ""
    _cpu: dict[tuple[int, float], float] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._before = os.times()
        self._root = psutil.Process(self.pid)
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def end(self, reason: str) -> None:
        """End the process and all below it."""
        self.reason = self.reason or reason
        for member in self._family():
            with contextlib.suppress(psutil.Error):
                member.kill()

    def cpu_seconds(self) -> float:
        """The greater of two counts that can only lack something.

        What was seen of each process lacks its last moments; what the system counts for children that have ended
        lacks those that nobody waited for, as Python does not for a JVM.
        """
        now = os.times()
        waited_for = now.children_user + now.children_system
        waited_for -= self._before.children_user + self._before.children_system
        return max(waited_for, sum(self._cpu.values()))

    def _family(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._root, *self._root.children(recursive=True)]
        return []

    def _sample(self) -> None:
        while not self._stopped.wait(_EVERY):
            self._look()
            memory = psutil.virtual_memory()
            if self.spare_machine and memory.available < _LEAST_FREE * memory.total:
                self.end("the machine had almost no memory left")

    def _look(self) -> None:
        total = 0
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
                times = process.cpu_times()
                self._cpu[process.pid, process.create_time()] = times.user + times.system
        self.peak = max(self.peak, total)


def _end_this_first(pid: int) -> None:
    """Linux ends the process with the highest score when memory runs out; children inherit it."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text("1000", encoding="ascii")
