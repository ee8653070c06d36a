"""What is run, in which order, and what is left out for which reason."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.growth.asked import can_ask_for_changes
from benchmarks.growth.machine import BUSY
from benchmarks.growth.results import FLOOR, SCENARIOS, Key, Measurements, Result, Skipped
from benchmarks.growth.runs import Place, run_floor, run_flow
from benchmarks.growth.systems import AFTER, BEFORE, LATER, Systems, SystemsError

# The state that the source systems are in, by scenario: each goes on in the lakehouse of those before it.
STATES = {"full": BEFORE, "unchanged": BEFORE, "changed": AFTER, "asked": LATER}
# The script by hand makes everything anew; it is run where the sources are in another state.
_FLOOR_SCENARIOS = ("full", "changed")


@dataclass(frozen=True)
class Plan:
    """What is asked for.

    Attributes:
        sizes: numbers of customers.
        engines: ``sail``, ``spark``; the script by hand is run besides, unless ``floor`` is false.
        scenarios: of :data:`~benchmarks.growth.results.SCENARIOS`, in their order.
        spark_up_to: JVM Spark is run with so many customers at most.
        share: of the records that changes.
        repeat: how often the scenarios are gone through, each time from an empty lakehouse.
        timeout: seconds that one run may take.
        floor: whether the script by hand is run.
        keep: whether systems and lakehouses stay.
    """

    sizes: tuple[int, ...]
    engines: tuple[str, ...]
    scenarios: tuple[str, ...] = SCENARIOS
    spark_up_to: int = 100_000
    share: float = 0.01
    repeat: int = 1
    timeout: float = 4 * 3600.0
    floor: bool = True
    keep: bool = False


def carry_out(plan: Plan, folder: Path, measurements: Measurements, say: Callable[[str], None]) -> None:
    """Run everything, size by size; what fails is kept among the measurements, and the others go on.

    Args:
        plan: what is asked for.
        folder: for systems and lakehouses.
        measurements: gets the results as they come.
        say: is told of every result.
    """
    engines = (*plan.engines, *([FLOOR] if plan.floor else []))
    for size in plan.sizes:
        say(f"{size:,} customers")
        systems = Systems(size, folder / f"systems-{size}", share=plan.share)
        for repetition, engine in itertools.product(range(plan.repeat), engines):
            place = Place(folder / f"{engine}-{size}-{repetition + 1}", plan.timeout)
            for outcome in _of_engine(plan, systems, engine, place):
                _note(outcome, measurements, say)
            if not plan.keep:
                shutil.rmtree(place.folder, ignore_errors=True)
        if not plan.keep:
            systems.remove()


def _of_engine(plan: Plan, systems: Systems, engine: str, place: Place) -> Iterator[Result | Skipped]:
    """The scenarios on one engine, from an empty lakehouse; after one that failed there is nothing to go on from."""
    place.folder.mkdir(parents=True)
    broken = ""
    for scenario in (name for name in SCENARIOS if name in plan.scenarios):
        key = Key(systems.customers, engine, scenario)
        if engine == FLOOR and scenario not in _FLOOR_SCENARIOS:
            continue
        outcome = _outcome(key, systems, place, reason=broken or why_not(key, plan))
        if isinstance(outcome, Result) and outcome.failure and engine != FLOOR:
            broken = f"the run before it ({scenario}) failed"
        yield outcome


def _outcome(key: Key, systems: Systems, place: Place, *, reason: str) -> Result | Skipped:
    if reason:
        return Skipped(key, reason)
    state = STATES[key.scenario]
    try:
        expected = systems.totals(state)
        with systems.served(state) as served:
            if key.engine == FLOOR:
                return run_floor(key, place, served, expected)
            return run_flow(key, place, served, expected)
    except (SystemsError, OSError) as error:  # a full disk is one
        return Skipped(key, str(error))


def why_not(key: Key, plan: Plan) -> str:
    """Why this is not run; blank if it is."""
    if key.engine == "spark" and key.customers > plan.spark_up_to:
        return f"JVM Spark is run with {plan.spark_up_to:,} customers at most (--spark-up-to)"
    if key.engine == "spark" and (find_spec("pyspark.core") is None or find_spec("delta") is None):
        return "JVM Spark is not installed (make spark)"
    if key.engine == "spark" and shutil.which("java") is None:
        return "JVM Spark needs Java 17 or 21, and there is none in the PATH"
    if key.scenario == "asked" and not can_ask_for_changes():
        return (
            "this version of the project cannot ask its sources for changes only (no run setting full_pull)"
        )
    return ""


def _note(outcome: Result | Skipped, measurements: Measurements, say: Callable[[str], None]) -> None:
    if isinstance(outcome, Skipped):
        measurements.skipped.append(outcome)
        say(f"  {outcome.key}: skipped, {outcome.reason}")
        return
    measurements.results.append(outcome)
    say(
        f"  {outcome.key}: {outcome.seconds:.1f} s, {outcome.cpu_seconds:.1f} s of processor time, "
        f"{outcome.peak_mb:,.0f} MB"
        + (f", {outcome.all_jobs} Spark jobs" if outcome.all_jobs is not None else "")
        + (f", others kept {outcome.others:.1f} processors busy" if outcome.others > BUSY else "")
    )
    if outcome.failure:
        say(f"    FAILED: {outcome.failure}\n    " + outcome.last_lines.replace("\n", "\n    "))
