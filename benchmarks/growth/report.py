"""The results as Markdown, ready for benchmarks/README.md: whole runs with ratios, steps, totals, what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from benchmarks.growth.machine import BUSY
from benchmarks.growth.results import ENGINES, FLOOR, SCENARIOS, Key, Measurements, Result, Skipped

Medians = dict[Key, Result]

_WHOLE = (
    "customers", "engine", "run", "seconds", "processor time", "peak memory", "Spark jobs",
    "against the size before", "against full", "against DuckDB",
)  # fmt: skip
_LEFT = 3  # columns of the above that hold words, or come first


def as_markdown(measurements: Measurements) -> str:
    """All tables, one below the other."""
    medians = measurements.medians()
    parts = [
        _machine(measurements),
        *_section("Whole runs", [_RATIOS, _table(_WHOLE, _whole_rows(medians))] if medians else []),
        *(part for engine in _engines(medians) for part in _steps(medians, engine)),
        *_section("Totals", [_TOTALS, _table(_TOTAL_COLUMNS, _total_rows(medians))] if medians else []),
        *_section("Failed", [_failed(result) for result in measurements.failed]),
        *_section("Not run", ["\n".join(_not_run(measurements.skipped))] if measurements.skipped else []),
    ]
    return "\n\n".join(parts) + "\n"


_RATIOS = (
    "Ratios are of seconds, and behind them of processor time. *Against the size before*: growth, beside that of the "
    "customers. *Against full*: the share of a full run that this run costs. *Against DuckDB*: times what the script "
    "by hand takes, which makes everything anew each time."
)
_TOTALS = (
    "Posts, views and tickets must be those of the sources, or the run counts as failed. Customers of the script by "
    "hand are keys; a run finds who is there under several."
)
_TOTAL_COLUMNS = ("customers", "engine", "run", "posts", "views", "tickets", "customers found")


def _section(title: str, parts: Iterable[str]) -> list[str]:
    found = [part for part in parts if part]
    return [f"### {title}", *found] if found else []


def _machine(measurements: Measurements) -> str:
    machine = measurements.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    told = (
        f"{machine['processors']} processors, {machine['memory_mb'] / 1024:.0f} GB of memory, {machine['system']}, "
        f"Python {machine['python']}, {versions}; {machine['measured_at']}."
    )
    busy = [result for result in measurements.results if result.others > BUSY]
    if not busy:
        return (
            f"{told} Idle but for the runs: others kept at most {BUSY:g} processors busy during any of them."
        )
    most = max(result.others for result in busy)
    return (
        f"{told} **The machine was busy**: during {len(busy)} of {len(measurements.results)} runs (marked *) others "
        f"kept more than {BUSY:g} processors busy, {most:.1f} at most (load {machine['load_at_begin']:.1f} at the "
        "beginning). Read processor time, which suffers less, and measure again."
    )


def _whole_rows(medians: Medians) -> Iterator[list[str]]:
    for key, result in sorted(medians.items(), key=lambda item: _order(item[0])):
        smaller = _before(medians, key)
        full = medians.get(Key(key.customers, key.engine, "full"))
        hand = medians.get(
            Key(key.customers, FLOOR, "changed" if key.scenario in ("changed", "asked") else "full")
        )
        grown = f" ({key.customers / smaller.key.customers:.0f} x)" if smaller else ""
        yield [
            f"{key.customers:,}", ENGINES[key.engine], key.scenario,
            f"{result.seconds:.1f}{' *' if result.others > BUSY else ''}", f"{result.cpu_seconds:.1f}",
            f"{result.peak_mb:,.0f} MB", "" if result.all_jobs is None else f"{result.all_jobs:,}",
            _ratios(result, smaller, "x") + grown,
            "" if key.scenario == "full" or key.engine == FLOOR else _ratios(result, full, "%"),
            "" if key.engine == FLOOR else _ratios(result, hand, "x"),
        ]  # fmt: skip


def _steps(medians: Medians, engine: str) -> list[str]:
    """The steps of an engine at the largest size that has been run, the slowest of a full run first."""
    largest = max(key.customers for key in medians if key.engine == engine)
    at = {
        key.scenario: result
        for key, result in medians.items()
        if (key.customers, key.engine) == (largest, engine)
    }
    first = at.get("full") or next(iter(at.values()))
    smaller = _before(medians, first.key)
    names = dict.fromkeys(name for result in at.values() for name in (*result.steps, *(result.jobs or ())))
    columns = ["step"]
    for scenario, result in at.items():
        columns += [f"{scenario}, s", *(["jobs"] if result.jobs is not None else [])]
        columns += [f"against {smaller.key.customers:,}"] if smaller and result is first else []
    rows = [
        _step_row(name, at.values(), smaller)
        for name in sorted(names, key=lambda name: -first.steps.get(name, 0.0))
    ]
    return _section(f"Steps, {ENGINES[engine]}, {largest:,} customers", [_table(columns, rows, left=1)])


def _step_row(name: str, results: Iterable[Result], smaller: Result | None) -> list[str]:
    cells = [name]
    for number, result in enumerate(results):
        seconds = result.steps.get(name)
        cells.append("" if seconds is None else f"{seconds:.1f}")
        if result.jobs is not None:
            cells.append(str(result.jobs.get(name, 0)))
        if smaller and number == 0:
            before = smaller.steps.get(name)
            cells.append(f"{seconds / before:.1f} x" if before and seconds else "")
    return cells


def _total_rows(medians: Medians) -> Iterator[list[str]]:
    for key, result in sorted(medians.items(), key=lambda item: _order(item[0])):
        yield [
            f"{key.customers:,}", ENGINES[key.engine], key.scenario,
            *(f"{value:,}" for value in result.totals.values()),
        ]  # fmt: skip


def _failed(result: Result) -> str:
    return f"- {result.key}: {result.failure}\n\n```\n{result.last_lines}\n```"


def _not_run(skipped: Sequence[Skipped]) -> Iterator[str]:
    return (f"- {skip.key}: {skip.reason}" for skip in dict.fromkeys(skipped))


def _ratios(result: Result, other: Result | None, unit: str) -> str:
    """Of seconds and of processor time, as ``2.1 x / 1.9 x`` or ``31 % / 28 %``."""
    if other is None:
        return ""
    show: Callable[[float], str] = (
        (lambda r: f"{r:.0%}".replace("%", " %")) if unit == "%" else (lambda r: f"{r:.1f} x")
    )
    pairs = ((result.seconds, other.seconds), (result.cpu_seconds, other.cpu_seconds))
    return " / ".join(show(one / two) if two else "-" for one, two in pairs)


def _before(medians: Medians, key: Key) -> Result | None:
    """The same of the next smaller size that there is."""
    sizes = [
        other.customers
        for other in medians
        if (other.engine, other.scenario) == (key.engine, key.scenario) and other.customers < key.customers
    ]
    return medians[Key(max(sizes), key.engine, key.scenario)] if sizes else None


def _engines(medians: Medians) -> list[str]:
    return list(dict.fromkeys(key.engine for key in medians))


def _order(key: Key) -> tuple[int, int, int]:
    return list(ENGINES).index(key.engine), key.customers, SCENARIOS.index(key.scenario)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = _LEFT) -> str:
    lines = [columns, [":---" if number < left else "---:" for number in range(len(columns))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
