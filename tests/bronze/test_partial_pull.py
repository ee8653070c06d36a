"""Of a pull of changes only, nothing that is missing counts as deleted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from customer_360 import schemas
from customer_360.bronze import RepeatedKeyError
from customer_360.engine import Pull
from customer_360.parameters import IngestionParameters
from customer_360.pipelines.ingestion.nodes import append_changes

KNOWN = [{"id": n, "name": "A"} for n in range(10)]
SETTINGS = {"key_field": "id", "unique_keys": True, "deleted_field": "deleted"}


def records(spark: SparkSession, *rows: dict[str, Any]) -> DataFrame:
    return spark.createDataFrame([(json.dumps(row), "api") for row in rows], "payload STRING, origin STRING")


def changes(spark: SparkSession, pull: Pull | DataFrame, log: DataFrame, run: int) -> DataFrame:
    parameters = IngestionParameters.model_validate({"max_deleted_share": 0.1, "sources": {"t": SETTINGS}})
    made = append_changes(pull, log, parameters, f"r{run}", datetime(2026, 1, run, tzinfo=UTC), table="t")
    return spark.createDataFrame(made.collect(), schemas.BRONZE.ddl)


@pytest.fixture
def log(spark: SparkSession) -> DataFrame:
    empty = spark.createDataFrame([], schemas.BRONZE.ddl)
    return changes(spark, records(spark, *KNOWN), empty, 1)


CASES: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]]]] = {
    "nothing": ([], []),
    "as it was": ([KNOWN[3]], []),
    "new and changed": ([{"id": 3, "name": "B"}, {"id": 77}], [("3", "update"), ("77", "insert")]),
    "said to be deleted": (
        [{"id": 3, "deleted": True}, {"id": 4, "deleted": 0}],
        [("3", "delete"), ("4", "update")],
    ),
    "unknown and deleted": ([{"id": 77, "deleted": "2026-01-01"}], []),
    "without a key": ([{"name": "nobody"}, {"name": "gone", "deleted": True}], [("#", "insert")]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_only_what_the_pull_says_changes(
    spark: SparkSession, log: DataFrame, case: tuple[list[dict[str, Any]], list[tuple[str, str]]]
) -> None:
    came, expected = case
    found = changes(spark, Pull(records(spark, *came), is_complete=False), log, 2).collect()
    assert (
        sorted(
            (row.source_key[:1] if "#" in row.source_key else row.source_key, row.operation) for row in found
        )
        == expected
    )
    assert all(row.payload is None for row in found if row.operation == "delete")


def test_a_key_that_repeats_is_refused(spark: SparkSession, log: DataFrame) -> None:
    came = records(spark, {"id": 3, "name": "B"}, {"id": 3, "name": "C"})
    with pytest.raises(RepeatedKeyError, match="t: 1 record repeats the key"):
        changes(spark, Pull(came, is_complete=False), log, 2)
