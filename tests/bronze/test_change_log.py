from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from support.bronze_log import START, Log, first_pull, keys, source

from customer_360.bronze.change_log import (
    current_records,
    without_deleted,
)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([{"id": 1}, {"id": "2"}], ["1", "2"]),
        ([{"id": 1}, {"id": 1}], ["1"]),  # the same record twice is one record
        ([{"id": " 7 "}], ["7"]),
    ],
)
def test_keys(spark: SparkSession, records: list[Any], expected: list[str]) -> None:
    assert keys(first_pull(spark, records)) == expected


@pytest.mark.parametrize("record", [{"id": None}, {"id": "  "}, {"name": "x"}, {"_malformed": "a,b"}])
def test_a_blank_key_becomes_the_hash(spark: SparkSession, record: Any) -> None:
    [row] = first_pull(spark, [record]).collect()
    assert row.source_key == "#" + row.payload_hash[:16]


def test_a_repeated_key_keeps_every_record_in_any_order(spark: SparkSession) -> None:
    records = [{"id": 1, "v": "a"}, {"id": 1, "v": "b"}, {"id": 1, "v": "c"}]
    forward = first_pull(spark, records).collect()
    backward = first_pull(spark, records[::-1]).collect()
    assert sorted(map(tuple, forward)) == sorted(map(tuple, backward))
    assert len({row.source_key for row in forward}) == 3
    assert next(row.source_key for row in sorted(forward, key=lambda r: r.payload_hash)) == "1"


def test_the_log_of_a_changing_source(spark: SparkSession) -> None:
    log = Log(spark)
    assert {row.operation for row in log.pull([{"id": 1}, {"id": 2}])} == {"insert"}
    assert log.pull([{"id": 2}, {"id": 1}]) == []  # unchanged: nothing appended
    [update] = log.pull([{"id": 1, "x": 1}, {"id": 2}])
    assert (update.source_key, update.operation) == ("1", "update")
    [delete] = log.pull([{"id": 1, "x": 1}])
    assert (delete.source_key, delete.operation, delete.payload) == ("2", "delete", None)
    assert keys(current_records(log.frame)) == ["1"]
    [back] = log.pull([{"id": 1, "x": 1}, {"id": 2}])
    assert (back.source_key, back.operation) == ("2", "insert")


def test_a_machine_whose_clock_is_behind_still_writes_the_latest_row(spark: SparkSession) -> None:
    log = Log(spark)
    log.pull([{"id": 1, "v": 0}, {"id": 2}], at=START)
    earlier = START - timedelta(hours=1)
    steps: list[list[Any]] = [
        [{"id": 1, "v": 1}, {"id": 2}],
        [{"id": 1, "v": 1}],
        [{"id": 1, "v": 2}, {"id": 2}],
    ]
    for records in steps:
        assert len(log.pull(records, at=earlier)) > 0
        found = {json.loads(row.payload)["id"]: row.payload for row in current_records(log.frame).collect()}
        assert found == {record["id"]: json.dumps(record, sort_keys=True) for record in records}
        assert log.pull(records, at=earlier) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pulls=st.lists(
        st.lists(
            st.builds(lambda key, value: {"id": key, "v": value}, st.integers(0, 5), st.integers(0, 2)),
            max_size=6,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_log_always_replays_to_the_last_pull(spark: SparkSession, pulls: list[list[Any]]) -> None:
    log = Log(spark)
    for records in pulls:
        log.pull(records)
        pulled = {row.payload for row in source(spark, records).collect()}
        assert {row.payload for row in current_records(log.frame).collect()} == pulled
        assert log.pull(records) == []


@pytest.mark.parametrize(
    ("flag", "is_deleted"),
    [(True, True), (1, True), ("2026-03-01T00:00:00Z", True), ("Yes", True)]
    + [(value, False) for value in (None, False, 0, "", " ", "No", "false")],
)
def test_a_record_may_say_that_it_is_deleted(spark: SparkSession, flag: Any, is_deleted: bool) -> None:
    records = source(spark, [{"id": 1, "gone": flag}, {"id": 2}])
    there = without_deleted(records, deleted_field="gone")
    assert there.count() == (1 if is_deleted else 2)
    assert without_deleted(records, deleted_field=None).count() == 2
