"""One measured process each: a run of the flow on an engine, or the script by hand."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from deltalake import DeltaTable

from benchmarks import floor
from benchmarks.growth.asked import options_of_a_run
from benchmarks.growth.expected import Totals
from benchmarks.growth.machine import watched_machine
from benchmarks.growth.results import Key, Result
from benchmarks.growth.spark_jobs import configure_event_log, job_times, jobs_by_step
from benchmarks.growth.steps import Step, seconds_by_step, steps_of
from benchmarks.growth.systems import PROJECT, Served
from benchmarks.process import measured

# In the run report: totals over all records of silver.
_REPORTED = {"posts": "post_count", "views": "view_count", "tickets": "ticket_count"}
_LINES_OF_A_FAILURE = 15


@dataclass(frozen=True)
class Place:
    """Where the runs of one engine happen, one after another.

    Attributes:
        folder: temporary.
        timeout: seconds that one run may take.
    """

    folder: Path
    timeout: float

    @property
    def lakehouse(self) -> Path:
        """Into which the flow runs."""
        return self.folder / "lakehouse"


def run_flow(key: Key, place: Place, served: Served, expected: Totals) -> Result:
    """``kedro run`` over the systems that are served, into the lakehouse as it is.

    Args:
        key: what is run.
        place: where.
        served: the source systems.
        expected: what their records add up to, except for customers, whom only a run can tell apart.
    """
    served.place_files(place.lakehouse / "Files" / "landing")
    options, more = options_of_a_run(key.scenario, place.folder)
    settings = {
        "sources": "live", "engine": key.engine, "lakehouse": str(place.lakehouse),
        "crm_url": served.url, "marketing_url": served.url, **more,
    }  # fmt: skip
    given = ",".join(f"{name}={value}" for name, value in settings.items())
    command = [str(Path(sys.executable).with_name("kedro")), "run", *options, "--params", given]
    with tempfile.TemporaryDirectory(dir=place.folder) as log:
        spark = configure_event_log(Path(log)) if key.engine == "spark" else {}
        result, steps = _measured(key, command, place, served, spark)
        if spark:
            result = replace(result, jobs=jobs_by_step(job_times(Path(log)), steps))
    if result.failure:
        return result
    return checked(result, reported_totals(place.lakehouse), expected, _REPORTED)


def run_floor(key: Key, place: Place, served: Served, expected: Totals) -> Result:
    """The script by hand over the same systems: it makes everything anew, whatever has changed."""
    landing, out = place.folder / "landing", place.folder / "floor"
    served.place_files(landing)
    command = [sys.executable, "-m", "benchmarks.floor", "--url", served.url]
    command += ["--landing", str(landing), "--out", str(out)]
    result, _ = _measured(key, command, place, served, {})
    if not result.failure:
        made = json.loads((out / floor.TOTALS).read_text(encoding="utf-8"))
        result = checked(result, made, expected, asdict(expected))
    shutil.rmtree(out, ignore_errors=True)
    return result


def reported_totals(lakehouse: Path) -> dict[str, int]:
    """Posts, views and tickets of silver, and customers, as the last run reports them."""
    table = DeltaTable(str(lakehouse / "Tables" / "gold" / "run_report")).to_pyarrow_table()
    rows = {(row["metric"], row["reason"]): row["records"] for row in table.to_pylist()}
    totals = {name: rows["total", measure] for name, measure in _REPORTED.items()}
    return {**totals, "customers": rows["customers", None]}


def _measured(
    key: Key, command: list[str], place: Place, served: Served, more: Mapping[str, str]
) -> tuple[Result, list[Step]]:
    environment = {
        **os.environ, "DO_NOT_TRACK": "1", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8", **more,
    }  # fmt: skip
    with watched_machine(served.process_id) as meanwhile:
        run = measured(
            command, cwd=PROJECT, timeout=place.timeout, env=environment, spare_machine=True
        )  # fmt: skip
    steps = steps_of(run.lines)
    times = seconds_by_step(steps, began=run.began, seconds=run.seconds)
    result = Result(
        key, run.seconds, run.cpu_seconds, run.peak_mb, times, load=meanwhile.load,
        others=meanwhile.others(run.cpu_seconds, run.seconds), failure=run.failure,
        last_lines="\n".join(line for _, line in run.lines[-_LINES_OF_A_FAILURE:]) if run.failure else "",
    )  # fmt: skip
    return result, steps


def checked(result: Result, made: dict[str, int], expected: Totals, names: Iterable[str]) -> Result:
    """With its totals; it has failed if one of ``names`` is not what the records add up to."""
    wanted = asdict(expected)
    wrong = [
        f"{name}: {made[name]:,} in its tables, {wanted[name]:,} in the sources"
        for name in names
        if made[name] != wanted[name]
    ]
    totals = {name: made[name] for name in wanted}
    return replace(result, totals=totals, failure="; ".join(wrong))
