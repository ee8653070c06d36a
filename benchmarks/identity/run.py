"""The identity benchmark: `kedro resolve` and Splink 5 on the same labelled files, each as a whole process.

    python -m benchmarks.identity.run FOLDER [--datasets febrl3,rldata10000] [--engines sail,spark] [--no-splink]
                                      [--resolver-python .venv/bin/python] [--json RESULTS.json]

FOLDER holds what benchmarks.identity.datasets made; what is missing is made first. For each file the resolver reads
nothing but the records; its clusters are then compared with the truth. One process runs at a time. Seconds and peak
memory are those of the whole process with its children (a JVM, too). Absolute times depend on the machine: read the
ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.identity.datasets import STANDARD, make
from benchmarks.identity.evaluate import evaluate, read_table
from benchmarks.identity.files import records_path, truth_path
from benchmarks.identity.splink_peer import THRESHOLDS, at_threshold
from benchmarks.process import Run, measured

PROJECT = Path(__file__).resolve().parents[2]
HEADER = (
    "data set",
    "tool",
    "precision",
    "recall",
    "F1",
    "B3 F1",
    "false",
    "missed",
    "seconds",
    "peak MB",
    "of Splink",
)


@dataclass(frozen=True)
class Result:
    """One tool on one data set; ``error`` instead of numbers where it failed."""

    dataset: str
    tool: str
    seconds: float
    peak_mb: float
    quality: dict[str, Any]
    error: str = ""


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    options = _options(arguments)
    results: list[Result] = []
    print(_line(HEADER))
    for name in options.datasets or STANDARD:
        make(options.folder, name)
        for result in _results(name, options):
            results.append(result)
            print(_line(_row(result, results)), flush=True)
            if options.json:
                options.json.write_text(
                    json.dumps([asdict(each) for each in results], indent=1), encoding="utf-8"
                )
    if any(result.error for result in results):
        sys.exit("some runs failed")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return [name for name in text.split(",") if name]

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--datasets", type=names, default=[], help="all but the largest when not given")
    parser.add_argument(
        "--engines", type=names, default=["sail"], help="sail, spark, or empty for Splink alone"
    )
    parser.add_argument("--no-splink", action="store_true")
    parser.add_argument(
        "--every-threshold",
        action="store_true",
        help="Splink's clusters at several thresholds, told by their labels",
    )
    parser.add_argument("--resolver-python", type=Path, default=PROJECT / ".venv" / "bin" / "python")
    parser.add_argument("--timeout", type=float, default=1800.0, help="seconds for one process")
    parser.add_argument("--json", type=Path, help="also write the results there")
    parser.add_argument("--keep", type=Path, help="keep the clusters in this folder, for evaluate")
    return parser.parse_args(arguments)


def _results(name: str, options: argparse.Namespace) -> Iterator[Result]:
    records = records_path(options.folder, name).resolve()
    truth = read_table(truth_path(options.folder, name))
    with tempfile.TemporaryDirectory(prefix="identity-benchmark-") as scratch:
        kept = options.keep or Path(scratch)
        kept.mkdir(parents=True, exist_ok=True)
        if not options.no_splink:
            output = (kept / f"{name}.splink.parquet").resolve()
            yield from _judged_peer(
                name, _splink(records, output, Path(scratch), options), output, truth, options
            )
        for engine in options.engines:
            output = (kept / f"{name}.{engine}.parquet").resolve()
            yield _judged(name, engine, _resolver(records, output, engine, options), output, truth)


def _splink(records: Path, output: Path, scratch: Path, options: argparse.Namespace) -> Run:
    plan = str(scratch / "plan.json")
    command = [sys.executable, "-m", "benchmarks.identity.splink_peer"]
    planned = measured([*command, "plan", str(records), plan], cwd=PROJECT, timeout=options.timeout)
    if planned.returncode:
        return planned
    command += ["run", str(records), plan, "-o", str(output)]
    if options.every_threshold:
        command.append("--every-threshold")
    return measured(command, cwd=PROJECT, timeout=options.timeout)


def _judged_peer(
    name: str, run: Run, output: Path, truth: Any, options: argparse.Namespace
) -> Iterator[Result]:
    if not options.every_threshold:
        yield _judged(name, "splink", run, output, truth)
        return
    for threshold in THRESHOLDS:
        yield _judged(name, f"@{threshold}", run, at_threshold(output, threshold), truth)


def _resolver(records: Path, output: Path, engine: str, options: argparse.Namespace) -> Run:
    command = [str(options.resolver_python), "-m", "kedro", "resolve", str(records), "-o", str(output)]
    if engine != "sail":
        command += ["--engine", engine]
    environment = {**os.environ, "DO_NOT_TRACK": "1"}
    return measured(command, cwd=PROJECT, timeout=options.timeout, env=environment)


def _judged(name: str, tool: str, run: Run, output: Path, truth: Any) -> Result:
    if run.returncode or not output.exists():
        return Result(
            name, tool, run.seconds, run.peak_mb, {}, error=run.tail() or f"exit code {run.returncode}"
        )
    quality = evaluate(read_table(output), truth)
    return Result(name, tool, run.seconds, run.peak_mb, asdict(quality))


def _row(result: Result, before: list[Result]) -> tuple[str, ...]:
    if result.error:
        return (result.dataset, result.tool, f"failed after {result.seconds:.0f} s: {result.error[-200:]}")
    quality = result.quality
    shares = (f"{quality[name]:.4f}" for name in ("precision", "recall", "f1", "bcubed_f1"))
    pairs = (f"{quality[name]:,}" for name in ("false_pairs", "missed_pairs"))
    peers = [
        each for each in before if each.dataset == result.dataset and each.tool == "splink" and not each.error
    ]
    ratio = f"{result.seconds / peers[0].seconds:.2f}" if peers else ""
    return (
        result.dataset,
        result.tool,
        *shares,
        *pairs,
        f"{result.seconds:.1f}",
        f"{result.peak_mb:,.0f}",
        ratio,
    )


def _line(cells: tuple[str, ...]) -> str:
    widths = (24, 7, 9, 7, 7, 7, 9, 9, 8, 8, 9)
    if len(cells) < len(widths):
        return f"{cells[0]:24} {cells[1]:7} {cells[2]}"
    return " ".join(f"{cell:<{width}}" if at < 2 else f"{cell:>{width}}" for at, (cell, width) in
                    enumerate(zip(cells, widths, strict=True)))  # fmt: skip


if __name__ == "__main__":
    main()
