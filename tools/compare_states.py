r"""Runs the same scenarios in two states of the project and compares all tables that they leave.

    make compare-states BEFORE=main
    python -m tools.compare_states --before main --keep /tmp/states --seed-data ../shared/seed_data \
        --persons febrl3.parquet rldata10000.parquet --renamed gold/old=gold/new gold/new.old_column=new_column

The state before is a commit; the state after is another one (--after) or the working tree. Both run `kedro run` and
`kedro resolve` with the interpreter that runs this, each with its own code and configuration. Run ids, times of runs,
folders and ports are replaced by what is the same in both. Ends with 1 when anything differs.

With --keep, the results of commits are kept and not made again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.states.checkout import State, StateError, committed, working_tree
from tools.states.comparison import compare
from tools.states.renaming import Renaming
from tools.states.scenarios import Scenario, days, real, resolve, sample
from tools.states.tables import tables_of


@dataclass(frozen=True)
class How:
    """How tables are compared: see :func:`tools.states.comparison.compare` and :class:`Renaming`."""

    renaming: Renaming
    tolerance: float
    show_values: bool


def scenarios(options: argparse.Namespace, before: State, folder: Path) -> Iterator[Scenario]:
    """The scenarios that were asked for.

    Args:
        options: of the command line.
        before: the state that makes the sources of both.
        folder: for the sources.
    """
    wanted = set(options.only or ("sample", "days", "real", "resolve"))
    if "sample" in wanted:
        yield sample()
    if "days" in wanted:
        yield days(before, folder / "changing")
    if "real" in wanted and options.seed_data:
        yield real(before, options.seed_data)
    elif "real" in wanted:
        print("real: left out; its data is a folder to be given by --seed-data")
    if "resolve" in wanted and not options.persons:
        print("resolve: left out; files of persons are to be given by --persons")
    for file in options.persons if "resolve" in wanted else ():
        yield resolve(file, folder / "persons")


def compare_folders(name: str, before: Path, after: Path, how: How) -> int:
    """Print a line for each table of a scenario, and what differs.

    Returns:
        the number of tables that differ.
    """
    old, new = tables_of(before), tables_of(after)
    old_names = {how.renaming.name(table): table for table in old}
    differing = 0
    for table in sorted({*old_names, *new}):
        if table not in old_names or table not in new:
            print(f"{name}  {table}: only {'before' if table in old_names else 'after'}")
            differing += 1
            continue
        former = old_names[table]
        outcome = compare(
            how.renaming.apply(former, old[former]()), new[table](),
            tolerance=how.tolerance, show_values=how.show_values,
        )  # fmt: skip
        print("\n    ".join([f"{name}  {table}: {outcome.said}", *outcome.details]), flush=True)
        differing += not outcome.is_same
    return differing


def run(scenario: Scenario, before: State, after: State, kept: Path, how: How) -> int:
    """One scenario in both states.

    Returns:
        the number of tables that differ; a command that fails in the state after counts as one.

    Raises:
        StateError: a command fails in the state before.
    """
    begin = time.monotonic()
    former = scenario.results(before, kept)
    middle = time.monotonic()
    try:
        latter = scenario.results(after, kept)
    except StateError as error:
        print(f"{scenario.name}: {error}")
        return 1
    print(f"{scenario.name}: {middle - begin:.0f} s before, {time.monotonic() - middle:.0f} s after")
    return compare_folders(scenario.name, former, latter, how)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    options = _parse(arguments)
    try:
        how = How(Renaming.parse(options.renamed), options.tolerance, options.show_values)
        with ExitStack() as stack:
            temporary = Path(stack.enter_context(TemporaryDirectory(prefix="customer_360-compare-")))
            before = stack.enter_context(committed(options.before))
            after = stack.enter_context(committed(options.after) if options.after else working_tree())
            print(f"{before.name} and {after.name}")
            kept = (options.keep or temporary / "results").resolve()
            differing = sum(
                run(scenario, before, after, kept, how)
                for scenario in scenarios(options, before, temporary / "sources")
            )
    except (StateError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{differing} tables differ." if differing else "Nothing differs.")
    return 1 if differing else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.compare_states",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--before", required=True, metavar="REF", help="a commit, branch or tag")
    parser.add_argument("--after", metavar="REF", help="another one (default: the working tree)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep results here, by commit")
    parser.add_argument(
        "--only", nargs="+", choices=("sample", "days", "real", "resolve"), help="only these scenarios"
    )
    parser.add_argument("--seed-data", type=Path, metavar="DIR", help="data of the real systems, for `real`")
    parser.add_argument(
        "--persons", nargs="+", type=Path, default=[], metavar="FILE",
        help="Parquet files for `resolve`; a column `person` is the truth and left out",
    )  # fmt: skip
    parser.add_argument(
        "--renamed", nargs="+", action="extend", default=[], metavar="OLD=NEW",
        help="a table (gold/a=gold/b), a column (gold/a.old=new) or a value of a text column (gold/a.column:old=new); "
        "columns and values by the old name of their table, or * for all tables",
    )  # fmt: skip
    parser.add_argument(
        "--tolerance", type=float, default=0.0, help="by which floats may differ, relatively (default: 0)"
    )
    parser.add_argument(
        "--show-values", action="store_true", help="examples show values of persons as they are"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
