"""Of a pull of changes only, nothing that is missing counts as deleted."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from support.bronze_log import Log, changes_of, source

from customer_360.bronze import RepeatedKeyError, check_pull, known_keys

KNOWN = [{"id": n, "name": "A"} for n in range(10)]


def changes(spark: SparkSession, came: list[dict[str, Any]], log: DataFrame) -> list[Any]:
    made = changes_of(source(spark, came), log, deleted_field="deleted", is_complete=False)
    return [] if made is None else made.collect()


@pytest.fixture
def log(spark: SparkSession) -> DataFrame:
    filled = Log(spark)
    filled.pull(KNOWN)
    return filled.frame


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
    found = changes(spark, came, log)
    assert (
        sorted(
            (row.source_key[:1] if "#" in row.source_key else row.source_key, row.operation) for row in found
        )
        == expected
    )
    assert all(row.payload is None for row in found if row.operation == "delete")


def test_a_key_that_repeats_is_refused(spark: SparkSession, log: DataFrame) -> None:
    came = source(spark, [{"id": 3, "name": "B"}, {"id": 3, "name": "C"}])
    made = changes_of(came, log, is_complete=False)
    assert made is not None
    known = known_keys(log, key_field="id")
    with pytest.raises(RepeatedKeyError, match="t: 2 records repeat the key"):
        check_pull(made, known, table="t", unique_keys=True, max_deleted_share=1.0)
