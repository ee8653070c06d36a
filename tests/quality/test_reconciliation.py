from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from customer_360.quality import ReconciliationError, SourceTables, reconcile_bronze_and_silver

Rows = list[tuple[str, list[str]]]


def check(
    spark: SparkSession, bronze: list[str], silver: Rows, quarantine: Rows, source: str = "crm"
) -> set[str]:
    tables = SourceTables(
        current=spark.createDataFrame([(key,) for key in bronze], "source_key STRING"),
        silver=spark.createDataFrame(silver, "source_key STRING, warnings ARRAY<STRING>"),
    )
    quarantined = spark.createDataFrame(
        [(source, *row) for row in quarantine], "source STRING, source_key STRING, reasons ARRAY<STRING>"
    )
    report = reconcile_bronze_and_silver({"crm": tables}, quarantined)
    return {f"{row.source} {row.metric} {row.reason} {row.records}" for row in report.collect()}


def test_a_source_that_balances_is_reported_with_its_rules(spark: SparkSession) -> None:
    silver: Rows = [("1", ["w1"]), ("2", ["w1", "w2"]), ("3", [])]
    assert check(spark, ["1", "2", "3", "4"], silver, [("4", ["e1", "e2"])]) == {
        "crm bronze None 4",
        "crm silver None 3",
        "crm quarantined None 1",
        "crm warning w1 2",
        "crm warning w2 1",
        "crm error e1 1",
        "crm error e2 1",
    }


def test_a_source_without_records_balances(spark: SparkSession) -> None:
    assert check(spark, [], [], []) == {"crm bronze None 0", "crm silver None 0", "crm quarantined None 0"}


@pytest.mark.parametrize(
    ("bronze", "silver", "quarantine", "message"),
    [
        (["1", "2"], ["1"], [], r"crm: 2 current bronze = 1 silver \+ 0 quarantined .*1 keys lost"),
        (["1"], ["1", "1"], [], "1 repeated"),
        (["1"], ["1"], ["1"], "1 repeated"),
        (["1"], ["1"], ["9"], "1 not in bronze"),
        # the numbers balance, the keys do not
        (["1", "2"], ["1", "1"], [], "1 keys lost, 1 repeated"),
        (["1", "2"], ["1"], ["3"], "1 keys lost, 0 repeated, 1 not in bronze"),
    ],
)
def test_a_record_that_is_lost_or_repeated_stops_the_run(
    spark: SparkSession, bronze: list[str], silver: list[str], quarantine: list[str], message: str
) -> None:
    with pytest.raises(ReconciliationError, match=message):
        check(spark, bronze, [(key, []) for key in silver], [(key, ["e"]) for key in quarantine])


def test_a_quarantine_of_nobody_stops_the_run(spark: SparkSession) -> None:
    with pytest.raises(ReconciliationError, match="ghost: quarantined, but no source of this name"):
        check(spark, ["1"], [("1", [])], [("2", ["e"])], source="ghost")
