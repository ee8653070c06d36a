"""Writes, merges and reads a table and files in folders of odd names by an engine: ENGINE FOLDER NAME..."""

from __future__ import annotations

import sys
from pathlib import Path

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.engine.scratch import Scratch
from customer_360.engine.session import start_engine
from customer_360.lakehouse.paths import engine_path

OPTIONS = {
    "sail": {},
    "spark": {
        "spark.master": "local[1]",
        "spark.sql.shuffle.partitions": 1,
        "spark.databricks.delta.snapshotPartitions": 1,
        "spark.ui.enabled": False,
        "spark.ui.showConsoleProgress": False,
    },
}


def main(engine: str, folder: str, *names: str) -> None:
    """Print what went wrong; nothing else."""
    spark = start_engine(engine, OPTIONS[engine])
    row = spark.createDataFrame([("1", "x")], "k STRING, v STRING")
    for name in names:
        root = Path(folder) / name
        table = DeltaTableDataset(
            filepath=str(root / "t"), mode="upsert", keys=["k"], schema="k STRING, v STRING"
        )
        table.save(row)
        table.save(row)
        (root / "line.txt").write_text("one\n")
        counts = [
            table.load().count(),
            Scratch(str(root / "work")).keep(row, "kept").count(),
            spark.read.text([engine_path(str(root / "line.txt"))]).count(),
        ]
        if counts != [1, 1, 1] or not (root / "t" / "_delta_log").is_dir():
            print(ascii(name), counts)


if __name__ == "__main__":
    main(*sys.argv[1:])
