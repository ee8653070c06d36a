"""What each run counted, and what has changed since the one before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from customer_360.lakehouse.manifest import MANIFEST_SCHEMA as MANIFEST
from customer_360.reporting.report_rows import RUN_REPORT_SCHEMA
from customer_360.reporting.run_history import RUN_HISTORY_SCHEMA, count_changes, history_rows, last_published
from customer_360.schemas import RUN_REPORT_HISTORY

NOW = datetime(2026, 3, 4, tzinfo=UTC)
# run ids, in order of time
FIRST, PART, LATER, THIS = "2026-03-01T04", "2026-03-02T09", "2026-03-03T04", "2026-03-04T04"


def log(spark: SparkSession) -> DataFrame:
    rows = [
        ("1", "insert", FIRST),
        ("2", "insert", FIRST),
        ("3", "insert", PART),
        ("1", "update", THIS),
        ("2", "delete", THIS),
        ("4", "insert", THIS),
        ("5", "insert", THIS),
    ]
    return spark.createDataFrame(rows, "source_key STRING, operation STRING, run_id STRING")


@pytest.mark.parametrize(
    ("run_id", "since", "expected"),
    [
        (THIS, PART, {("new", None): 2, ("changed", None): 1, ("deleted", None): 1}),
        # a part of the flow ran since the last run that published: what it brought is told now
        (THIS, FIRST, {("new", None): 3, ("changed", None): 1, ("deleted", None): 1}),
        (THIS, None, {("new", None): 5, ("changed", None): 1, ("deleted", None): 1}),
        # started before the one that it waited for, so that its id is the lesser one
        (PART, LATER, {("new", None): 3, ("changed", None): 1, ("deleted", None): 1}),
        ("2026-03-05", THIS, {}),
    ],
)
def test_records_of_this_run_and_of_parts_since_the_last_one(
    spark: SparkSession, run_id: str, since: str | None, expected: dict[tuple[str, str | None], int]
) -> None:
    rows = count_changes({"crm": log(spark)}, run_id=run_id, since=since).collect()
    assert {(row["metric"], row["reason"]): row["records"] for row in rows} == expected
    assert {row["source"] for row in rows} <= {"crm"}


def test_quarantine_and_events_are_counted_by_source_and_by_kind(spark: SparkSession) -> None:
    quarantine = spark.createDataFrame(
        [("crm", FIRST), ("crm", THIS), ("erp", THIS), ("erp", THIS)], "source STRING, run_id STRING"
    )
    events = spark.createDataFrame(
        [("created", THIS), ("created", THIS), ("merged", THIS), ("split", FIRST)],
        "event STRING, run_id STRING",
    )
    rows = count_changes({}, quarantine=quarantine, events=events, run_id=THIS, since=PART).collect()
    assert {(r["source"], r["metric"], r["reason"]): r["records"] for r in rows} == {
        ("crm", "newly_quarantined", None): 1,
        ("erp", "newly_quarantined", None): 2,
        ("all", "identity_event", "created"): 2,
        ("all", "identity_event", "merged"): 1,
    }


def rows_of(spark: SparkSession, history: DataFrame, run_id: str) -> list[dict[str, Any]]:
    report = spark.createDataFrame([("crm", "silver", None, 7)], RUN_REPORT_SCHEMA)
    changes = spark.createDataFrame([("crm", "new", None, 2)], RUN_REPORT_SCHEMA)
    found = history_rows(report, changes, history, run_id=run_id, run_time=NOW, since=FIRST)
    assert tuple(found.columns) == RUN_REPORT_HISTORY.names
    return [row.asDict() for row in found.collect()]


def test_each_run_adds_its_rows_once(spark: SparkSession) -> None:
    nothing = spark.createDataFrame([], RUN_HISTORY_SCHEMA)
    first = rows_of(spark, nothing, THIS)
    assert sorted((r["source"], r["metric"], r["reason"], r["records"]) for r in first) == [
        ("all", "counted_from", FIRST, 0),
        ("crm", "new", None, 2),
        ("crm", "silver", None, 7),
    ]
    assert {(r["run_id"], r["run_time"].astimezone(UTC)) for r in first} == {(THIS, NOW)}
    known = spark.createDataFrame([tuple(row.values()) for row in first], RUN_HISTORY_SCHEMA)
    assert rows_of(spark, known, THIS) == [], "a repeated run was counted twice"
    assert len(rows_of(spark, known, "2026-03-05")) == len(first)


def test_the_run_that_published_last(spark: SparkSession) -> None:
    published = [(FIRST, NOW, NOW, f"gold/{name}", 3, 5) for name in ("a", "b")]
    assert last_published(spark.createDataFrame(published, MANIFEST)) == FIRST
    assert last_published(spark.createDataFrame([], MANIFEST)) is None
