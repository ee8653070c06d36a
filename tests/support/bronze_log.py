"""A bronze table that is fed run by run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from customer_360 import schemas
from customer_360.bronze import BRONZE_COLUMNS, ComparedPull, known_keys, pull_changes

START = datetime(2026, 3, 1, tzinfo=UTC)
LOG_SCHEMA = schemas.BRONZE.ddl


def source(spark: SparkSession, records: list[Any]) -> DataFrame:
    rows = [(json.dumps(record, sort_keys=True), "api") for record in records]
    return spark.createDataFrame(rows, "payload STRING, origin STRING")


def keys(frame: DataFrame) -> list[str]:
    return sorted(row.source_key for row in frame.collect())


def collected(frame: DataFrame, name: str) -> DataFrame:
    """Computes a small frame once."""
    return frame.sparkSession.createDataFrame(frame.collect(), frame.schema)


def changes_of(
    pulled: DataFrame, log: DataFrame, *, run_id: str = "r", at: datetime = START, **options: Any
) -> DataFrame | None:
    """What a pull changes, as rows with their marks."""
    known = collected(known_keys(log, key_field="id"), "known")
    pull = ComparedPull(pulled, known, log, key_field="id", keep=collected, **options)
    return pull_changes(pull, run_id=run_id, run_time=at)


def first_pull(spark: SparkSession, records: list[Any]) -> DataFrame:
    """The rows of a pull that nothing was before."""
    changes = changes_of(source(spark, records), spark.createDataFrame([], LOG_SCHEMA))
    assert changes is not None
    return changes


class Log:
    """A bronze table kept in memory, fed run by run."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.rows: list[Any] = []
        self.runs = 0

    @property
    def frame(self) -> DataFrame:
        return self.spark.createDataFrame(self.rows, LOG_SCHEMA)

    @property
    def known(self) -> DataFrame:
        return known_keys(self.frame, key_field="id")

    def pull(self, records: list[Any], *, at: datetime | None = None) -> list[Any]:
        self.runs += 1
        run_time = at or START + timedelta(days=self.runs)
        changes = changes_of(
            source(self.spark, records), self.frame, run_id=f"run{self.runs:03}", at=run_time
        )
        rows = [] if changes is None else changes.collect()
        self.rows += [tuple(row[name] for name in BRONZE_COLUMNS) for row in rows]
        return rows
