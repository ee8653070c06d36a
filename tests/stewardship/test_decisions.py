from __future__ import annotations

import json
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from customer_360.schemas import IDENTITY_DECISIONS
from customer_360.stewardship.decisions import FIELDS, decisions_with_status, in_force

RECORDS = [
    ("crm", "1", "1"), ("crm", "2", None), ("erp", "7", "7"), ("support", "t-1", "t-1"), ("support", "t-2", "t-1"),
    ("posts", "5", None),
]  # fmt: skip
GOOD = {
    "decision": "same", "left_source": "crm", "left_key": "1", "right_source": "erp", "right_key": "7",
    "decided_by": "ann", "decided_at": "2026-03-01", "reason": "called her",
}  # fmt: skip


def checked(spark: SparkSession, *rows: dict[str, Any]) -> DataFrame:
    payloads = spark.createDataFrame([(json.dumps(row),) for row in rows], "payload STRING")
    records = spark.createDataFrame(RECORDS, "source STRING, source_key STRING, person_key STRING")
    return decisions_with_status(
        payloads, records, sources=["crm", "erp"], rules={"posts": "but linked by author"}
    )


def test_a_decision_that_counts(spark: SparkSession) -> None:
    [row] = in_force(checked(spark, GOOD)).collect()
    assert tuple(row.asDict()) == FIELDS
    assert (row.decision, row.left_key, row.right_key, row.decided_by) == ("same", "1", "7", "ann")
    assert str(row.decided_at) == "2026-03-01 00:00:00"


def test_it_may_be_written_either_way_round_and_more_than_once(spark: SparkSession) -> None:
    turned = GOOD | {
        "decision": " Same ", "left_source": "ERP", "left_key": " 7", "right_source": "crm", "right_key": "1",
    }  # fmt: skip
    assert checked(spark, turned, GOOD).collect() == checked(spark, GOOD).collect()


@pytest.mark.parametrize(
    ("change", "status", "problem"),
    [
        ({"decision": "maybe"}, "malformed", "the decision 'maybe' is not same or different"),
        ({"decision": "sam"}, "malformed", "the decision 'sam' is not same or different; did you mean same?"),
        ({"decision": "diferent"}, "malformed",
         "the decision 'diferent' is not same or different; did you mean different?"),
        ({"decision": ""}, "malformed", "no decision; it must be same or different"),
        ({"right_key": " "}, "malformed", "right_key is blank"),
        ({"left_source": "erp", "left_key": "7"}, "malformed", "both sides are the same record"),
        ({"decided_at": "yesterday"}, "malformed", "decided_at is not a date or time"),
        ({"decided_at": "2026-02-31"}, "malformed", "decided_at is not a date or time"),
        ({"right_source": "shop"}, "unknown_record", "there is no source shop; the sources are crm, erp"),
        ({"right_key": "8"}, "unknown_record", "there is no record erp 8"),
        ({"left_source": "support", "left_key": "t-9"}, "unknown_record", "there is no record support t-9; write"),
        ({"right_source": "posts", "right_key": "5"}, "not_compared",
         "records of posts are not compared, but linked by author; decide about the record that they link to"),
        ({"left_key": "2"}, "not_compared", "the record crm 2 has no value that is compared"),
        ({"decision": "different", "left_source": "support", "left_key": "t-2", "right_source": "support",
          "right_key": "t-1"}, "not_compared", "both records have the same value and are compared as one"),
    ],
)  # fmt: skip
def test_what_cannot_count_says_why(
    spark: SparkSession, change: dict[str, str], status: str, problem: str
) -> None:
    [row] = checked(spark, GOOD | change).collect()
    assert (row.status, row.problem[: len(problem)]) == (status, problem)
    assert in_force(checked(spark, GOOD | change)).collect() == []


@pytest.mark.parametrize(
    "moment", ["", "2026-03-01 12:30", "2026-03-01T12:30:00Z", "2026-03-01T12:30:00+02:00"]
)
def test_times_that_can_be_read(spark: SparkSession, moment: str) -> None:
    [row] = checked(spark, GOOD | {"decided_at": moment}).collect()
    assert (row.status, row.decided_at is None) == ("in_force", moment == "")


def test_a_row_with_missing_fields_is_not_a_decision(spark: SparkSession) -> None:
    [row] = checked(spark, {"_malformed": "same,crm,1"}).collect()
    assert (row.status, row.problem) == ("malformed", "the row has too few or too many fields")


def test_contradictions_are_settled_over_all_rows(spark: SparkSession) -> None:
    later = GOOD | {"decision": "different", "decided_at": "2026-03-02"}
    rows = {row.decision: row.status for row in checked(spark, GOOD, later).collect()}
    assert rows == {"same": "superseded", "different": "in_force"}


def test_each_row_has_its_line_and_repeated_ones_the_first(spark: SparkSession) -> None:
    later = {"decision": "different", "decided_at": "2026-03-02"}
    rows = [
        GOOD | {"_line": 2},
        GOOD | {"_line": 3},
        GOOD | later | {"_line": 5},
        {"_malformed": "x", "_line": 9},
    ]
    told = {(row.line, row.status, row.problem) for row in checked(spark, *rows).collect()}
    assert told == {
        (2, "superseded", "a later row decides about the same two records (line 5)"),
        (5, "in_force", None),
        (9, "malformed", "the row has too few or too many fields"),
    }


def test_no_rows(spark: SparkSession) -> None:
    frame = checked(spark)
    assert frame.collect() == []
    assert tuple(frame.columns) == IDENTITY_DECISIONS.names
