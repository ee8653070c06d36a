"""How the whole flow grows: time, processor time, peak memory and the share of each step, on Sail and on JVM Spark.

    python benchmarks/growth.py [--sizes 1000,10000,100000] [--engines sail,spark] [--keep]

Each run is `kedro run` as a process of its own on a fresh lakehouse, reading generated source systems that
a second process serves (its time and memory do not count). Absolute times depend on the machine: read the
ratios, which come from one run of this script.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
STEP = re.compile(r"✓\s+\d+/\d+\s+(\S+)\s+([\d.]+) s")
SEED = 360


@dataclass
class Measured:
    """One whole process."""

    customers: int
    engine: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    steps: dict[str, float] = field(default_factory=dict)


class SourceSystems:
    """The generated systems of one size, served by a process of their own."""

    def __init__(self, customers: int, folder: Path) -> None:
        self.folder = folder / f"systems-{customers}"
        begin = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "customer_360.sample_sources", "--customers", str(customers), "--seed", str(SEED),
             "--out", str(self.folder), "--serve", "--no-rate-limit"],
            stdout=subprocess.PIPE, text=True, cwd=PROJECT,
        )  # fmt: skip
        assert self._process.stdout is not None
        lines = iter(self._process.stdout.readline, "")
        found = next((line for line in lines if "http://" in line), "")
        match = re.search(r"http://[\d.]+:\d+", found)
        if match is None:
            raise SystemExit("the sample systems did not start")
        self.url = match.group()
        self.seconds = time.perf_counter() - begin

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


@dataclass
class Watched:
    """What :func:`watch` saw of a process and its children."""

    peak_mb: float = 0.0
    cpu_seconds: float = 0.0


def watch(process: psutil.Process, stop: threading.Event, seen: Watched) -> None:
    """Sample resident memory (highest sum) and processor time (last sum) every 0.1 s.

    Processor time, unlike time on the clock, does not depend on what else the machine does.
    """
    while not stop.wait(0.1):
        try:
            family = [process, *process.children(recursive=True)]
            memory = sum(member.memory_info().rss for member in family) / 1e6
            cpu = sum(sum(member.cpu_times()[:2]) for member in family)
        except psutil.Error:
            continue
        seen.peak_mb = max(seen.peak_mb, memory)
        seen.cpu_seconds = max(seen.cpu_seconds, cpu)


def measure(systems: SourceSystems, customers: int, engine: str, folder: Path) -> Measured:
    """Run the whole flow once over source systems of so many customers."""
    lakehouse = folder / f"lakehouse-{customers}-{engine}"
    landing = lakehouse / "Files" / "landing"
    landing.mkdir(parents=True)
    for name in ("erp_customers.csv", "support_tickets.json"):
        shutil.copy(systems.folder / name, landing / name)
    settings = f"sources=live,engine={engine},lakehouse={lakehouse},crm_url={systems.url},marketing_url={systems.url}"
    kedro = Path(sys.executable).with_name("kedro")
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(kedro), "run", "--params", settings],
        cwd=PROJECT, env={**os.environ, "DO_NOT_TRACK": "1", "COLUMNS": "200"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    stop, seen = threading.Event(), Watched()
    watcher = threading.Thread(target=watch, args=(psutil.Process(process.pid), stop, seen))
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - begin
    stop.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"kedro run failed ({engine}, {customers} customers):\n{output[-3000:]}")
    steps = {name: float(value) for name, value in STEP.findall(output)}
    return Measured(customers, engine, seconds, seen.cpu_seconds, seen.peak_mb, steps)


def report(results: list[Measured]) -> None:
    """Print a table of times and memory, and how they grow."""
    by_key = {(r.customers, r.engine): r for r in results}
    sizes = sorted({r.customers for r in results})
    engines = list(dict.fromkeys(r.engine for r in results))
    print("\nWhole process")
    print(
        f"{'customers':>10} {'engine':<7} {'seconds':>8} {'CPU s':>7} {'peak MB':>8}"
        "  time, CPU time against the size before (rows grew)"
    )
    for engine in engines:
        for before, size in zip([None, *sizes], sizes, strict=False):
            run = by_key[size, engine]
            growth = (
                f"{run.seconds / by_key[before, engine].seconds:5.2f} x, "
                f"{run.cpu_seconds / by_key[before, engine].cpu_seconds:5.2f} x ({size / before:.0f} x)"
                if before
                else ""
            )
            print(
                f"{size:>10,} {engine:<7} {run.seconds:>8.1f} {run.cpu_seconds:>7.1f} {run.peak_mb:>8.0f}  {growth}"
            )
    if {"sail", "spark"} <= set(engines):
        print("\nSail against JVM Spark, same run")
        for size in sizes:
            sail, spark = by_key[size, "sail"], by_key[size, "spark"]
            print(
                f"{size:>10,}  time {sail.seconds / spark.seconds:.2f}"
                f"  CPU time {sail.cpu_seconds / spark.cpu_seconds:.2f}"
                f"  memory {sail.peak_mb / spark.peak_mb:.2f}"
            )
    largest = sizes[-1]
    print(
        f"\nSteps at {largest:,} customers, seconds (ratio to {sizes[-2]:,})" if len(sizes) > 1 else "\nSteps"
    )
    for engine in engines:
        for name, seconds in sorted(by_key[largest, engine].steps.items(), key=lambda item: -item[1]):
            smaller = by_key[sizes[-2], engine].steps.get(name) if len(sizes) > 1 else None
            ratio = f"({seconds / smaller:5.1f} x)" if smaller else ""
            print(f"  {engine:<6} {name:<30} {seconds:>7.1f} {ratio}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--engines", default="sail,spark")
    parser.add_argument("--keep", action="store_true", help="keep the generated systems and lakehouses")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="customer_360-growth-"))
    results: list[Measured] = []
    try:
        for size in map(int, arguments.sizes.split(",")):
            systems = SourceSystems(size, folder)
            print(f"{size:,} customers generated and served after {systems.seconds:.1f} s", flush=True)
            try:
                for engine in arguments.engines.split(","):
                    results.append(measure(systems, size, engine, folder))
                    print(
                        f"  {engine}: {results[-1].seconds:.1f} s, {results[-1].cpu_seconds:.1f} s of CPU, "
                        f"{results[-1].peak_mb:.0f} MB",
                        flush=True,
                    )
            finally:
                systems.stop()
        report(results)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
