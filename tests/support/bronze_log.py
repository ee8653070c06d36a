"""A bronze table that is fed run by run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from customer_360 import schemas
from customer_360.bronze.change_log import BRONZE_COLUMNS, detect_changes, keyed_records

START = datetime(2026, 3, 1, tzinfo=UTC)
LOG_SCHEMA = schemas.BRONZE.ddl


def source(spark: SparkSession, records: list[Any]) -> DataFrame:
    rows = [(json.dumps(record, sort_keys=True), "api") for record in records]
    return spark.createDataFrame(rows, "payload STRING, origin STRING")


def keys(frame: DataFrame) -> list[str]:
    return sorted(row.source_key for row in frame.collect())


class Log:
    """A bronze table kept in memory, fed run by run."""

    def __init__(self, spark: SparkSession) -> None:
        self.spark = spark
        self.rows: list[Any] = []
        self.runs = 0

    @property
    def frame(self) -> DataFrame:
        return self.spark.createDataFrame(self.rows, LOG_SCHEMA)

    def pull(self, records: list[Any], *, at: datetime | None = None) -> list[Any]:
        self.runs += 1
        keyed = keyed_records(source(self.spark, records), key_field="id")
        run_time = at or START + timedelta(days=self.runs)
        changes = detect_changes(keyed, self.frame, run_id=f"run{self.runs:03}", run_time=run_time).collect()
        self.rows += [tuple(row[name] for name in BRONZE_COLUMNS) for row in changes]
        return changes
