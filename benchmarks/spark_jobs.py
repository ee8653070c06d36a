"""How many Spark jobs each step of a run starts on JVM Spark: a cluster takes time for each that no data need.

    python -m benchmarks.spark_jobs [--params sample_customers=500,lakehouse=/tmp/lakehouse] [--each]

Runs the whole flow once in this process, and prints for every step the jobs that its inputs, its function and its
outputs started, the seconds, and the processor time of this process and the JVM. ``--each`` also names the jobs.
Give it a lakehouse of its own. :class:`JobCounter` is a hook: it can be added to any run, also to one with the
embedded engine, which has no jobs (times only).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from kedro.framework.hooks import hook_impl
from kedro.framework.project import settings
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.pipeline.node import Node

PROJECT = Path(__file__).resolve().parents[1]
_OUTSIDE = "(before and after)"


@dataclass
class Spent:
    """What a step took: Spark jobs, seconds, seconds of processor time, and what the jobs were called."""

    jobs: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    names: Counter[str] = field(default_factory=Counter)


class JobCounter:
    """Counts the jobs of the running JVM session by the step that starts them.

    Attributes:
        spent: by name of the step, in the order in which steps began.
    """

    def __init__(self) -> None:
        self.spent: dict[str, Spent] = {}
        self._step, self._before = _OUTSIDE, _Reading.now()

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str, node: Node | None) -> None:
        self._enter(_OUTSIDE if node is None else node.name)

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        self._enter(node.name)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, node: Node | None) -> None:
        self._enter(_OUTSIDE if node is None else node.name)

    @hook_impl
    def after_pipeline_run(self) -> None:
        self._enter(_OUTSIDE)

    def _enter(self, step: str) -> None:
        """What was spent since the last call belongs to the step before."""
        if step == self._step:
            return
        now, before = _Reading.now(), self._before
        spent = self.spent.setdefault(self._step, Spent())
        spent.jobs += now.jobs - before.jobs
        spent.seconds += now.seconds - before.seconds
        spent.cpu_seconds += now.cpu_seconds - before.cpu_seconds
        spent.names.update(_names(before.jobs, now.jobs))
        self._step, self._before = step, now


@dataclass(frozen=True)
class _Reading:
    jobs: int
    seconds: float
    cpu_seconds: float

    @classmethod
    def now(cls) -> _Reading:
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        cpu = sum(sum(member.cpu_times()[:2]) for member in family)
        return cls(started_jobs(), time.perf_counter(), cpu)


def started_jobs() -> int:
    """Jobs that the JVM session of this process has started so far, whoever asked for them; 0 without one."""
    context = _spark_context()
    return int(context.dagScheduler().numTotalJobs()) if context is not None else 0


def _names(first: int, end: int) -> list[str]:
    """Where in Spark, and for what, the jobs with these numbers were started."""
    context = _spark_context()
    found = []
    for number in range(first, end) if context is not None else ():
        job = context.statusStore().job(number)
        described = job.description().get() if job.description().isDefined() else ""
        found.append(f"{job.name()}  {' '.join(described.split())[:60]}".rstrip())
    return found


def _spark_context() -> Any:
    from customer_360.engine import running_engine, spark_session

    if running_engine() not in ("spark", "active"):
        return None
    session = spark_session()
    return session.sparkContext._jsc.sc() if hasattr(session, "_jsparkSession") else None


def run(params: Mapping[str, Any]) -> JobCounter:
    """Run the whole flow with these ``--params``."""
    bootstrap_project(PROJECT)
    counter = JobCounter()
    settings.set("HOOKS", (*settings.HOOKS, counter))
    with KedroSession.create(project_path=PROJECT, runtime_params=dict(params)) as session:
        session.run()
    counter._enter("")
    return counter


def report(counter: JobCounter, *, each: bool = False) -> None:
    """Print what every step took."""
    print(f"\n{'step':<30} {'jobs':>5} {'seconds':>8} {'CPU s':>7}")
    total = Spent()
    for step, spent in counter.spent.items():
        print(f"{step:<30} {spent.jobs:>5} {spent.seconds:>8.1f} {spent.cpu_seconds:>7.1f}")
        for name, number in spent.names.most_common() if each else ():
            print(f"    {number:>3} x {name}")
        total.jobs, total.seconds = total.jobs + spent.jobs, total.seconds + spent.seconds
        total.cpu_seconds += spent.cpu_seconds
    print(f"{'together':<30} {total.jobs:>5} {total.seconds:>8.1f} {total.cpu_seconds:>7.1f}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--params", default="", help="as for kedro run; engine=spark unless it says otherwise"
    )
    parser.add_argument("--each", action="store_true", help="name the jobs")
    options = parser.parse_args()
    given = dict(item.split("=", 1) for item in options.params.split(",") if item)
    with tempfile.TemporaryDirectory(prefix="customer_360-jobs-") as folder:
        params = {"engine": "spark", "sample_customers": "500", "lakehouse": f"{folder}/lakehouse", **given}
        params = {name: int(value) if value.isdigit() else value for name, value in params.items()}
        report(run(params), each=options.each)


if __name__ == "__main__":
    main()
