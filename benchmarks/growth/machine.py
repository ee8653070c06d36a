"""The machine that was measured on, and what else it did meanwhile."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

_PACKAGES = ("kedro", "pysail", "pyspark", "pyspark-client", "delta-spark", "deltalake", "duckdb")
# Processors that others kept busy: more than this, and times say less.
BUSY = 0.25


def describe_machine() -> dict[str, Any]:
    """Processors, memory, versions, load."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "processors": psutil.cpu_count(),
        "memory_mb": round(psutil.virtual_memory().total / 2**20),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
        "load_at_begin": load(),
    }


def load() -> float:
    """Load average of the last minute."""
    return os.getloadavg()[0]


@dataclass
class Meanwhile:
    """What happened on the machine while something ran."""

    load: float
    busy_seconds: float = 0.0

    def others(self, own_cpu_seconds: float, seconds: float) -> float:
        """Processors that others kept busy, on average, given what is ours."""
        return max(0.0, self.busy_seconds - own_cpu_seconds) / seconds if seconds else 0.0


@contextmanager
def watched_machine(*helpers: int) -> Iterator[Meanwhile]:
    """Count the processor time of the whole machine, without that of this process and of ``helpers`` (their ids)."""
    meanwhile = Meanwhile(load())
    ours = [psutil.Process(), *map(psutil.Process, helpers)]
    before = _busy() - sum(map(_own, ours))
    yield meanwhile
    meanwhile.busy_seconds = _busy() - sum(map(_own, ours)) - before


def _busy() -> float:
    times = psutil.cpu_times()
    # of Linux's fields, guest is in user already, and nobody works in idle and iowait
    idle = times.idle + getattr(times, "iowait", 0.0)
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times) - idle - guests)


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
