"""What was measured: one result for each process, medians of repeated ones, and what was not measured and why."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FLOOR = "floor"
ENGINES = {"sail": "Sail", "spark": "JVM Spark", FLOOR: "DuckDB by hand"}
SCENARIOS = ("full", "unchanged", "changed", "asked")


@dataclass(frozen=True)
class Key:
    """What was run: how many customers, on which engine, in which scenario."""

    customers: int
    engine: str
    scenario: str

    def __str__(self) -> str:
        return f"{self.customers:,} customers, {ENGINES[self.engine]}, {self.scenario}"


@dataclass(frozen=True)
class Result:
    """One whole process, or the median of several.

    Attributes:
        key: what was run.
        seconds: on the clock.
        cpu_seconds: processor time of the process and all below it.
        peak_mb: their resident memory at the highest, megabytes.
        steps: seconds of each step, and of what is before, between and behind them.
        jobs: Spark jobs by step, in the same words; None on an engine that has none to count.
        load: load average of the machine (one minute) when it began.
        others: how many processors other processes kept busy meanwhile, on average.
        totals: posts, views, tickets and customers of the tables that it made.
        failure: why it did not do its work, or what is wrong with it; blank if nothing.
        last_lines: what it wrote at last, of one that failed.
    """

    key: Key
    seconds: float
    cpu_seconds: float
    peak_mb: float
    steps: dict[str, float] = field(default_factory=dict)
    jobs: dict[str, int] | None = None
    load: float = 0.0
    others: float = 0.0
    totals: dict[str, int] = field(default_factory=dict)
    failure: str = ""
    last_lines: str = ""

    @property
    def all_jobs(self) -> int | None:
        """Spark jobs of the whole process."""
        return None if self.jobs is None else sum(self.jobs.values())


@dataclass(frozen=True)
class Skipped:
    """What was not run, and why."""

    key: Key
    reason: str


@dataclass
class Measurements:
    """All of one benchmark."""

    machine: dict[str, Any]
    results: list[Result] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def failed(self) -> list[Result]:
        """Those that did not do their work."""
        return [result for result in self.results if result.failure]

    def medians(self) -> dict[Key, Result]:
        """The median of the good runs of each kind, in the order in which they were made."""
        groups: dict[Key, list[Result]] = defaultdict(list)
        for result in self.results:
            if not result.failure:
                groups[result.key].append(result)
        return {key: _median(group) for key, group in groups.items()}

    def as_json(self) -> dict[str, Any]:
        """Every number, also of repeated runs."""
        return asdict(self)


def _median(group: list[Result]) -> Result:
    """The result of the median time, with medians of what else varies."""
    middle = sorted(group, key=lambda result: result.seconds)[(len(group) - 1) // 2]
    numbers = {
        name: statistics.median(getattr(result, name) for result in group)
        for name in ("seconds", "cpu_seconds", "peak_mb", "load", "others")
    }
    return replace(middle, **numbers, steps=_median_steps(result.steps for result in group))


def _median_steps(runs: Iterable[dict[str, float]]) -> dict[str, float]:
    seconds: dict[str, list[float]] = defaultdict(list)
    for steps in runs:
        for name, value in steps.items():
            seconds[name].append(value)
    return {name: statistics.median(values) for name, values in seconds.items()}
