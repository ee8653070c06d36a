"""How the whole flow grows: with customers, with what has changed, on Sail and JVM Spark, beside DuckDB by hand.

    python -m benchmarks.growth [--sizes 500,10000,100000,1000000] [--engines sail,spark] [--json FILE]

For every size and engine: a full run into an empty lakehouse, a run with nothing changed, one with 1 % of the records
of every source changed. Each is a process of its own, one at a time; the source systems are served by another one,
which does not count. Absolute times depend on the machine: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.growth.machine import BUSY, describe_machine
from benchmarks.growth.plan import Plan, carry_out
from benchmarks.growth.report import as_markdown
from benchmarks.growth.results import SCENARIOS, Measurements


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 if a run failed or made other totals than the sources have."""
    options = _parse(arguments)
    plan = Plan(
        sizes=options.sizes, engines=options.engines, scenarios=options.scenarios, spark_up_to=options.spark_up_to,
        share=options.changed, repeat=options.repeat, timeout=options.timeout, floor=not options.no_floor,
        keep=options.keep,
    )  # fmt: skip
    measurements = Measurements(describe_machine())
    _tell(f"Load of the machine: {measurements.machine['load_at_begin']:.1f}")
    if measurements.machine["load_at_begin"] > BUSY:
        _tell("It does other things: times on the clock will say little. Read processor time.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # and the run with it
    folder = Path(tempfile.mkdtemp(prefix="customer_360-growth-", dir=options.folder))
    try:
        carry_out(plan, folder, measurements, _tell)
    finally:  # also of what was interrupted after hours
        if options.json:
            options.json.write_text(json.dumps(measurements.as_json(), indent=1), encoding="utf-8")
        print(as_markdown(measurements))
        if options.keep:
            _tell(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if measurements.failed else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--sizes", type=_numbers, default=(500, 10_000, 100_000, 1_000_000), help="numbers of customers")
    add("--engines", type=_names_of("sail", "spark"), default=("sail", "spark"))
    add(
        "--scenarios", type=_names_of(*SCENARIOS), default=SCENARIOS, help="each goes on from those before it"
    )
    add(
        "--spark-up-to",
        type=int,
        default=100_000,
        metavar="N",
        help="JVM Spark with so many customers at most",
    )
    add(
        "--changed",
        type=float,
        default=0.01,
        metavar="SHARE",
        help="of every source's records (default: 0.01)",
    )
    add("--repeat", type=int, default=1, help="times that all is run; medians are shown")
    add(
        "--timeout",
        type=float,
        default=4 * 3600.0,
        help="seconds that one run may take (default: four hours)",
    )
    add("--no-floor", action="store_true", help="without the script by hand")
    add("--json", type=Path, metavar="FILE", help="write every number there")
    add(
        "--folder",
        type=Path,
        help="for systems and lakehouses: 20 GB for a million customers (default: temporary)",
    )
    add("--keep", action="store_true", help="keep systems and lakehouses")
    options = parser.parse_args(arguments)
    if "full" not in options.scenarios:
        parser.error("every scenario goes on from a full run: --scenarios full,...")
    if min(options.sizes) < 1 or not 0 < options.changed <= 1 or options.repeat < 1:
        parser.error("--sizes and --repeat are 1 or more, --changed lies between 0 and 1")
    if options.folder is not None and not options.folder.is_dir():
        parser.error(f"--folder {options.folder}: there is no such folder")
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(part) for part in text.split(",")}))


def _names_of(*known: str) -> Callable[[str], tuple[str, ...]]:
    def names(text: str) -> tuple[str, ...]:
        given = tuple(dict.fromkeys(text.split(",")))
        unknown = [name for name in given if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"no such name: {', '.join(unknown)}; there are {', '.join(known)}"
            )
        return given

    return names


def _tell(text: str) -> None:
    """To people; what is printed is the report."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
