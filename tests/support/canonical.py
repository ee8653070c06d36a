"""Rows of a Delta table, the same text whoever read them. Run as a program, it reads with JVM Spark."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any


def canonical(value: Any) -> Any:
    """A value as JSON has it: times in UTC, lists as lists."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: canonical(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return value


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """One text per row, sorted."""
    return sorted(json.dumps(canonical(row), sort_keys=True) for row in rows)


def by_spark(spark: Any, folder: Path) -> list[str]:
    frame = spark.read.format("delta").load(str(folder))
    return lines([row.asDict(recursive=True) for row in frame.collect()])


def by_deltalake(folder: Path) -> list[str]:
    from tools.states.tables import delta_rows

    return lines(delta_rows(folder)[1])


def by_polars(folder: Path) -> list[str]:
    import polars

    return lines(polars.read_delta(str(folder)).to_dicts())


if __name__ == "__main__":
    import os
    import time

    from customer_360.engine.session import start_engine

    os.environ["TZ"] = "UTC"  # collect() gives local times without their zone
    time.tzset()
    session = start_engine(
        "spark",
        {"spark.master": "local[2]", "spark.ui.enabled": False, "spark.sql.session.timeZone": "UTC",
         "spark.ui.showConsoleProgress": False, "spark.databricks.delta.snapshotPartitions": 2},
    )  # fmt: skip
    output, *folders = sys.argv[1:]
    Path(output).write_text(json.dumps({folder: by_spark(session, Path(folder)) for folder in folders}))
