"""What resolving a change costs, beside resolving everything: one process, one data set, three resolutions.

    python -m benchmarks.identity.incremental FOLDER [NAME] [--changed 0.01] [--engine sail] [--check]

FOLDER holds what benchmarks.identity.datasets makes; NAME (persons_households_1m) is made there if it is missing.
The first version of the file lacks some records; in the second they are there, as many others are gone, and as
many have another family name: together the share --changed. Each resolution is timed until its clusters and pairs
are written: everything (with training), then what changed, then (--check) everything with the same model, which
must give the same clusters. Read the ratios; seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.identity.datasets import make
from benchmarks.identity.files import records_path
from customer_360.engine.scratch import KeptTables, Scratch
from customer_360.engine.session import start_engine, stop_engine
from customer_360.identity import Memory, Resolution, State, resolve
from customer_360.parameters.identity import IdentityModel

PROJECT = Path(__file__).resolve().parents[2]
_PARTS = 1_000_000


@dataclass
class Resolved:
    """One resolution and what it took."""

    seconds: float
    resolution: Resolution
    clusters: DataFrame


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", nargs="?", default="persons_households_1m")
    parser.add_argument("--changed", type=float, default=0.01)
    parser.add_argument("--engine", default="sail", choices=("sail", "spark"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    make(options.folder, options.name)
    spark = start_engine(options.engine)
    try:
        with tempfile.TemporaryDirectory() as place:
            agrees = _run(spark, Path(place), records_path(options.folder, options.name), options)
    finally:
        stop_engine()
    if not agrees:
        sys.exit("resolving the change gave other clusters than resolving everything with the same model")


def _run(spark: SparkSession, place: Path, records: Path, options: argparse.Namespace) -> bool:
    configured = yaml.safe_load((PROJECT / "conf/base/parameters_identity.yml").read_text(encoding="utf-8"))
    model = IdentityModel.model_validate(configured["identity"])
    before, after = _versions(spark.read.parquet(str(records)), options.changed, place)
    runs = _Runs(place)
    whole = runs.resolve("everything, trained", before, model, None)
    state = whole.resolution.state
    assert state is not None
    part = runs.resolve("what changed", after, model, state)
    print(f"{part.seconds / whole.seconds:.1%} of everything, trained")
    if not options.check:
        return True
    limits = model.incremental.model_copy(update={"everything_above": 0.0})
    again = runs.resolve(
        "everything, same model", after, model.model_copy(update={"incremental": limits}), state
    )
    print(f"{part.seconds / again.seconds:.1%} of everything with the same model")
    left, right = (
        result.clusters.select("source", "key", "cluster_id", "ambiguous") for result in (part, again)
    )
    differ = left.exceptAll(right).count() + right.exceptAll(left).count()
    print(f"records in other clusters: {differ}")
    return differ == 0


@dataclass
class _Runs:
    place: Path

    def resolve(self, name: str, records: DataFrame, model: IdentityModel, state: State | None) -> Resolved:
        folder = self.place / name.replace(" ", "_").replace(",", "")
        begin = time.perf_counter()
        scratch, results = Scratch(str(folder / "scratch")), KeptTables(str(folder / "results"))
        resolution = resolve(records, model, scratch, memory=Memory(str(self.place / "state"), state))
        clusters = results.keep(resolution.clusters, "clusters")
        results.keep(resolution.pairs, "pairs")
        seconds = time.perf_counter() - begin
        print(f"{name:<24} {seconds:7.2f} s  {resolution.work.sentence()}", flush=True)
        return Resolved(seconds, resolution, clusters)


def _versions(records: DataFrame, changed: float, place: Path) -> tuple[DataFrame, DataFrame]:
    """The file before and after: a third of the share new, a third gone, a third with another family name."""
    part = F.pmod(F.xxhash64(F.lit("version"), "source", "key"), F.lit(_PARTS))
    third = int(changed * _PARTS / 3)
    later, gone = part < third, (part >= third) & (part < 2 * third)
    renamed = (part >= 2 * third) & (part < 3 * third)
    name = F.when(renamed, F.concat("family_name", F.lit("son"))).otherwise(F.col("family_name"))
    kept = KeptTables(str(place / "versions"))
    before = kept.keep(records.where(~later), "before")
    return before, kept.keep(records.where(~gone).withColumn("family_name", name), "after")


if __name__ == "__main__":
    main()
