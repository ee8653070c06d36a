"""Bronze frames from payloads, the project's own cleaning parameters, and one column applied to texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from support.configuration import PARAMETERS

from customer_360 import schemas
from customer_360.parameters.cleaning import CleaningParameters

BRONZE = schemas.BRONZE.ddl
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CLEANING = CleaningParameters.model_validate(PARAMETERS["cleaning"])
SETTINGS = CLEANING.settings


def bronze(spark: SparkSession, records: Iterable[tuple[str, Any]], *, run_id: str = "r1") -> DataFrame:
    """A change log of inserts: (source key, payload as an object, or as text already)."""
    rows = []
    for key, record in records:
        payload = record if isinstance(record, str) else json.dumps(record, sort_keys=True)
        digest = sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()
        rows.append((key, payload, digest, "insert", "test", run_id, NOW))
    return spark.createDataFrame(rows, BRONZE)


def apply(
    spark: SparkSession, function: Callable[[Column], Column], texts: Sequence[str | None]
) -> list[Any]:
    """``function`` of each text, in the order of the texts."""
    frame = spark.createDataFrame(list(enumerate(texts)), "position INT, text STRING")
    rows = frame.select("position", function(F.col("text")).alias("result")).orderBy("position").collect()
    return [row.result for row in rows]


def cases(spark: SparkSession, function: Callable[[Column], Column], expected: Mapping[Any, Any]) -> None:
    """Assert that each key becomes its value."""
    found = apply(spark, function, list(expected))
    assert dict(zip(expected, found, strict=True)) == dict(expected)
