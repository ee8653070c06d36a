"""Makes the labelled data sets of the identity benchmark.

    python -m benchmarks.identity.datasets FOLDER [NAME ...]

Each is two files: FOLDER/NAME.parquet (records: source, key and attributes) and FOLDER/NAME.truth.parquet
(source, key, person). Without names, all but those of more than a million records are made.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.identity.dupehell_files import DUPEHELL, write_dupehell
from benchmarks.identity.files import records_path, truth_path
from benchmarks.identity.own import OWN, write_own
from benchmarks.identity.published import FEBRL, RLDATA, write_febrl, write_rldata
from benchmarks.identity.simulated import SIMULATED, write_simulated
from benchmarks.identity.synthetic import SYNTHETIC, write_synthetic

_LARGE = ("persons_households_5m",)
WRITERS: dict[str, Callable[[Path, str], None]] = {
    **dict.fromkeys(FEBRL, write_febrl),
    **dict.fromkeys(RLDATA, write_rldata),
    **dict.fromkeys(SIMULATED, write_simulated),
    **dict.fromkeys(DUPEHELL, write_dupehell),
    **dict.fromkeys(OWN, write_own),
    **dict.fromkeys(SYNTHETIC, write_synthetic),
}
STANDARD = tuple(name for name in WRITERS if name not in _LARGE)


@dataclass(frozen=True)
class Shape:
    """What there is to find in a data set."""

    records: int
    persons: int
    sources: str
    duplicates: float
    most_of_one: int


def shape(folder: Path, name: str) -> Shape:
    """Count records and persons; ``duplicates`` is the share of records beyond the first of their person."""
    truth = pq.read_table(truth_path(folder, name), columns=["source", "person"]).to_pandas()
    each = truth["person"].value_counts()
    return Shape(
        records=len(truth),
        persons=len(each),
        sources="+".join(sorted(truth["source"].unique())),
        duplicates=round(1 - len(each) / max(1, len(truth)), 4),
        most_of_one=int(each.max()),
    )


def make(folder: Path, name: str, *, again: bool = False) -> None:
    """Write a data set unless it is there already.

    Raises:
        ValueError: no such data set.
    """
    if name not in WRITERS:
        raise ValueError(f"no data set {name!r}; there are {', '.join(WRITERS)}")
    if again or not (records_path(folder, name).exists() and truth_path(folder, name).exists()):
        WRITERS[name](folder, name)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=STANDARD)
    parser.add_argument("--again", action="store_true", help="replace what is there")
    options = parser.parse_args(arguments)
    for name in options.names:
        begin = time.perf_counter()
        try:
            make(options.folder, name, again=options.again)
        except (ImportError, ValueError) as error:
            sys.exit(f"{name}: {error}")
        print(
            f"{name:24} {asdict(shape(options.folder, name))} {time.perf_counter() - begin:.1f} s", flush=True
        )


if __name__ == "__main__":
    main()
