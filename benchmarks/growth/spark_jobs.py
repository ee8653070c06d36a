"""How many jobs JVM Spark starts in a run, and in which step: read from Spark's own event log.

The log is switched on by a folder of Spark's configuration (``SPARK_CONF_DIR``), so the project knows nothing of it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.growth.steps import Step, step_at

_STARTED = b'{"Event":"SparkListenerJobStart"'


def configure_event_log(folder: Path) -> dict[str, str]:
    """Make a configuration that writes the event log into ``folder/events``; what the machine configures stays.

    Returns:
        The environment variable that tells Spark of it.
    """
    events, configuration = folder / "events", folder / "conf"
    events.mkdir(parents=True)
    given = os.environ.get("SPARK_CONF_DIR")
    if given:
        shutil.copytree(given, configuration)
    configuration.mkdir(exist_ok=True)
    options = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        # plans of thousands of columns are not what is looked for, and would take longer to write than to run
        "spark.sql.maxPlanStringLength": "1000",
    }
    with (configuration / "spark-defaults.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"\n{name} {value}" for name, value in options.items())
    return {"SPARK_CONF_DIR": str(configuration)}


def job_times(folder: Path) -> list[float]:
    """When each job was started, in seconds since 1970, from the event logs under ``folder/events``.

    Jobs are numbered from 0. What the log lacks, because Spark was too busy to write it, counts at the time of the
    next job that it has.
    """
    found = {
        int(event["Job ID"]): event["Submission Time"] / 1000
        for path in sorted((folder / "events").rglob("*"))
        if path.is_file()
        for event in _job_starts(path)
    }
    times: list[float] = []
    for number in sorted(found):
        times.extend([found[number]] * (number + 1 - len(times)))
    return times


def jobs_by_step(times: Iterable[float], steps: list[Step]) -> dict[str, int]:
    """Number of jobs that began in each step, and before, between and behind them."""
    return dict(Counter(step_at(time, steps) for time in times))


def _job_starts(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        for line in lines:
            if line.startswith(_STARTED):
                yield json.loads(line)
