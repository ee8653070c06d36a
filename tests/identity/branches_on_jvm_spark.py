"""Every way through a resolution, on small data, by the engine of its first argument: one process, one engine.

    python -m identity.branches_on_jvm_spark ENGINE FOLDER

Prints what each way found: clusters and pairs, in texts that both engines share.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from identity.incremental.test_agreement import DECISIONS, Decision, Lakehouse, changed, content, model
from identity.people import SCHEMA, people
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.engine.session import start_engine, stop_engine
from customer_360.identity.cluster import small_graph
from customer_360.identity.resolver import Resolution, resolve


def outcomes(spark: SparkSession, folder: Path) -> dict[str, Any]:
    """By name of the way: what kind of work it was, clusters and pairs."""
    found = {}
    for name, resolution in _resolutions(spark, folder):
        clusters, pairs = content(resolution)
        found[name] = {
            "kind": resolution.work.kind,
            "clusters": sorted(sorted(map(repr, members)) for members in clusters),
            "pairs": sorted(map(repr, pairs)),
        }
    return found


def _resolutions(spark: SparkSession, folder: Path) -> Iterator[tuple[str, Resolution]]:
    rows = people(40, seed=3)
    later = changed(rows, random.Random(4), 1)
    decisions: list[Decision] = [(*rows[0][:2], *rows[-1][:2], True), (*rows[1][:2], *rows[2][:2], False)]
    for all_pairs in (False, True):
        way = "all pairs" if all_pairs else "blocks"
        lakehouse = Lakehouse(spark, folder / way.replace(" ", "_"), all_pairs=all_pairs)
        yield f"{way}, trained", (first := lakehouse.resolve(rows, None))
        lakehouse.keep(first)
        yield f"{way}, nothing", lakehouse.resolve(rows, None)
        yield f"{way}, everything", lakehouse.resolve(later, decisions, everything_above=0.0)
        yield f"{way}, decisions alone", lakehouse.resolve(rows, decisions)
        yield f"{way}, changes", (second := lakehouse.resolve(later, decisions))
        lakehouse.keep(second)
        yield f"{way}, decisions taken back", lakehouse.resolve(later, None)
    frame, once = spark.createDataFrame(rows, SCHEMA), Scratch(str(folder / "once"))
    others = spark.createDataFrame(decisions, DECISIONS)
    yield "not remembered, decided", resolve(frame, model(all_pairs=False), once, decisions=others)
    largest, small_graph.LARGEST = small_graph.LARGEST, 2
    try:
        yield "components in rounds", resolve(frame, model(all_pairs=False), once, trained=first.trained)
    finally:
        small_graph.LARGEST = largest
        once.remove()


if __name__ == "__main__":
    session = start_engine(sys.argv[1], {"spark.sql.shuffle.partitions": 2, "spark.ui.enabled": False})
    print("OUTCOMES " + json.dumps(outcomes(session, Path(sys.argv[2]))))
    print(f"frames that executors still hold: {session.sparkContext._jsc.getPersistentRDDs().size()}")
    stop_engine()
