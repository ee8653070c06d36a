from __future__ import annotations

from typing import Any

import pytest
from enrichment_frames import crosswalk, linking, silver
from pyspark.sql import DataFrame, SparkSession

from customer_360.linking.persons import decided_persons
from customer_360.stewardship.decisions import CHECKED_SCHEMA
from customer_360.stewardship.review import REVIEW_COLUMNS, pairs_to_review

UNSURE = (
    "left_source STRING, left_key STRING, right_source STRING, right_key STRING, method STRING, "
    "match_weight DOUBLE, probability DOUBLE, "
    "evidence ARRAY<STRUCT<comparison: STRING, level: STRING, weight: DOUBLE>>, same_cluster BOOLEAN"
)
EVIDENCE = [("email", "equal", 9.8)]


def pair(left: str, right: str, probability: float, *, together: bool = False) -> tuple[Any, ...]:
    return (*left.split(":"), *right.split(":"), "match_weight", 1.0, probability, EVIDENCE, together)


def decision(word: str, left: str, right: str, status: str = "in_force") -> tuple[Any, ...]:
    return (word, *left.split(":"), *right.split(":"), "ann", None, None, status, None, None)


@pytest.fixture(scope="module")
def sources(spark: SparkSession) -> dict[str, DataFrame]:
    tickets = [{"source_key": key, "email": "tim@x.io"} for key in ("5", "6", "7")]
    crm = [
        {"source_key": "1", "given_name": "Tim", "city": "Ulm"},
        *[{"source_key": f"{n}"} for n in (2, 3, 4)],
    ]
    erp = [{"source_key": f"{n}", "given_name": "Tímea\n!"} for n in range(1, 5)]
    return silver(spark, crm=crm, erp=erp, support=tickets)


def review(
    spark: SparkSession, sources: dict[str, DataFrame], *, show_values: bool = False, **given: Any
) -> Any:
    pairs = spark.createDataFrame(given["pairs"], UNSURE)
    decisions = spark.createDataFrame(given.get("decisions", []), CHECKED_SCHEMA)
    customers = crosswalk(
        spark, ("A", "crm", "1"), ("A", "erp", "1"), ("A", "marketing", "9"), ("B", "crm", "2"), ("B", "erp", "2"),
        ("C", "crm", "3"), ("D", "crm", "4"),
    )  # fmt: skip
    found = pairs_to_review(pairs, customers, decisions, sources, linking(), show_values=show_values)
    assert tuple(found.columns) == REVIEW_COLUMNS
    return sorted(found.collect(), key=lambda row: row["rank"])


def test_the_worst_first_with_what_linking_would_do(
    spark: SparkSession, sources: dict[str, DataFrame]
) -> None:
    pairs = [
        pair("crm:1", "erp:1", 0.9, together=True), pair("crm:3", "crm:4", 0.3), pair("crm:1", "crm:2", 0.3),
        pair("crm:1", "support:5", 0.9), pair("crm:2", "erp:2", 0.1, together=True),
    ]  # fmt: skip
    rows = review(spark, sources, pairs=pairs)
    named = [
        (f"{row.left_source}:{row.left_key}", f"{row.right_source}:{row.right_key}", round(row.doubt, 3), row.together,
         row.left_customer_id, row.right_customer_id, row.left_records, row.right_records, row.records_if_linked)
        for row in rows
    ]  # fmt: skip
    assert named == [
        ("crm:1", "support:5", 0.9, False, "A", None, 3, 3, 6),  # three tickets came from that address
        ("crm:2", "erp:2", 0.9, True, "B", "B", 2, 2, 2),
        ("crm:1", "crm:2", 0.3, False, "A", "B", 3, 2, 5),
        ("crm:3", "crm:4", 0.3, False, "C", "D", 1, 1, 2),
        ("crm:1", "erp:1", 0.1, True, "A", "A", 3, 3, 3),
    ]
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert [tuple(item) for item in rows[0].evidence] == EVIDENCE


@pytest.mark.parametrize(
    ("show", "given_name", "city"),
    [(False, ("T••", "T••••••"), ("U••", None)), (True, ("Tim", "Tímea\n!"), ("Ulm", None))],
)
def test_attributes_are_masked_unless_asked_for(
    spark: SparkSession,
    sources: dict[str, DataFrame],
    show: bool,
    given_name: tuple[str, str],
    city: tuple[str, None],
) -> None:
    (row,) = review(spark, sources, show_values=show, pairs=[pair("crm:1", "erp:1", 0.6)])
    values = {item.attribute: (item.left_value, item.right_value) for item in row.attributes}
    assert (values["given_name"], values["city"]) == (given_name, city)
    agreement = {item.attribute: item.agreement for item in row.attributes}
    assert (agreement["given_name"], agreement["city"]) == ("different", None)
    assert "email" not in values, "nothing is said of what neither record has"


def test_masked_values_show_what_agrees_and_what_differs(spark: SparkSession) -> None:
    crm = [
        {"source_key": "1", "given_name": "Sofia", "city": "Ulm", "street": "1 Main St"},
        {"source_key": "2", "given_name": "Sophia", "city": "Ulm", "street": "99 Oak"},
    ]
    sources = silver(spark, crm=crm, erp=[], support=[])
    (row,) = review(spark, sources, pairs=[pair("crm:1", "crm:2", 0.6)])
    told = {item.attribute: (item.left_value, item.right_value, item.agreement) for item in row.attributes}
    assert told["given_name"] == ("S•f••", "S•ph••", "similar")
    assert told["city"] == ("U••", "U••", "same")
    assert told["street"] == ("1••••••••", "9•••••", "different")


@pytest.mark.parametrize(
    "said",
    [
        decision("same", "crm:1", "support:5"),
        decision("different", "crm:1", "support:5"),
        decision("same", "support:5", "crm:1", "contradicted"),
        decision("different", "crm:1", "support:7"),  # from the same address as ticket 5
    ],
)
def test_what_was_decided_is_not_asked_again(
    spark: SparkSession, sources: dict[str, DataFrame], said: tuple[Any, ...]
) -> None:
    pairs = [pair("crm:1", "support:5", 0.5), pair("crm:2", "support:5", 0.5)]
    assert [row.left_key for row in review(spark, sources, pairs=pairs, decisions=[said])] == ["2"]


def test_a_row_that_cannot_be_read_decides_nothing(
    spark: SparkSession, sources: dict[str, DataFrame]
) -> None:
    said = decision("perhaps", "crm:1", "support:5", "malformed")
    assert len(review(spark, sources, pairs=[pair("crm:1", "support:5", 0.5)], decisions=[said])) == 1


def test_a_decision_about_a_ticket_is_about_its_address(
    spark: SparkSession, sources: dict[str, DataFrame]
) -> None:
    given = [decision("same", "crm:1", "support:7"), decision("same", "crm:1", "marketing:8")]
    frame = spark.createDataFrame(given, CHECKED_SCHEMA)
    mapped = decided_persons(frame, sources, linking())
    assert mapped.columns == frame.columns
    assert {(row.left_key, row.right_source, row.right_key) for row in mapped.collect()} == {
        ("1", "support", "5"), ("1", "marketing", "8"),
    }  # fmt: skip
