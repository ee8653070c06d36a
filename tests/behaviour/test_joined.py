from __future__ import annotations

from typing import Any

import pytest
from enrichment_frames import crosswalk, dictionaries, metrics, profile, silver
from pyspark.sql import DataFrame, SparkSession

from customer_360.behaviour.joined import MissingColumnsError, build_customer_360
from customer_360.behaviour.marketing import marketing_metrics
from customer_360.behaviour.support import support_metrics
from customer_360.profile.golden_record import golden_profiles

# ../shared/design.md, "Gold columns": names that others build on.
PROMISED = """
customer_id, given_name, family_name, full_name, email, phone, birth_date, gender, street, city,
region, postal_code, country_code, latitude, longitude, tax_id, company_name, job_title, post_count,
view_count, like_count, dislike_count, engagement_rate, top_tags, ticket_count, open_ticket_count,
high_priority_ticket_count, first_ticket_date, last_ticket_date, source_count
"""


@pytest.fixture(scope="module")
def parts(spark: SparkSession) -> tuple[DataFrame, DataFrame, DataFrame]:
    sources = silver(
        spark,
        crm=[
            {"source_key": "1", "email": "a@x.io", "email_valid": True, "department": "Sales"},
            {"source_key": "2", "email": "bad", "email_valid": False},
            {"source_key": "3", "phone": "+4930123456"},
        ],
        marketing=[{"source_key": "p", "view_count": 10, "like_count": 1, "tags": ["x"]}],
        support=[{"source_key": "t", "status": "open", "priority": "high"}],
    )
    links = [("A", "crm", "1"), ("B", "crm", "2"), ("C", "crm", "3")]
    known = crosswalk(spark, *links, ("A", "marketing", "p"), ("B", "support", "t"))
    return (
        golden_profiles(sources, known, profile()),
        marketing_metrics(sources["marketing"], known, top_tags=3),
        support_metrics(sources["support"], known, metrics()),
    )


def test_one_row_per_customer_zeros_for_none_nulls_for_unknown(parts: tuple[DataFrame, ...]) -> None:
    rows = dictionaries(build_customer_360(*parts), by="customer_id")
    assert set(rows) == {"A", "B", "C"}

    def shown(customer: str, *names: str) -> tuple[Any, ...]:
        return tuple(rows[customer][name] for name in names)

    counts = ("post_count", "view_count", "ticket_count", "open_ticket_count", "billing_ticket_count")
    assert shown("A", *counts) == (1, 10, 0, 0, 0)
    assert shown("B", *counts) == (0, 0, 1, 1, 0)
    assert shown("C", *counts) == (0, 0, 0, 0, 0)
    assert shown("A", "engagement_rate", "top_tags", "last_ticket_date") == (0.1, "x", None)
    assert shown("C", "engagement_rate", "top_tags", "first_ticket_date") == (None, None, None)
    assert [rows[customer]["is_reachable"] for customer in "ABC"] == [True, False, True]
    assert [rows[customer]["has_open_high_priority_ticket"] for customer in "ABC"] == [False, True, False]
    assert shown("A", "crm_key", "erp_key", "record_count", "department") == ("1", None, 2, "Sales")


def test_promised_columns_come_first_and_all_are_single_values(parts: tuple[DataFrame, ...]) -> None:
    built = build_customer_360(*parts)
    promised = PROMISED.replace(",", " ").split()
    assert built.columns[: len(promised)] == promised
    assert len(set(built.columns)) == len(built.columns)
    assert not [name for name in built.columns if name.endswith("_source")]
    simple = {"string", "bigint", "double", "boolean", "date"}
    assert {field.dataType.simpleString() for field in built.schema.fields} <= simple


@pytest.mark.parametrize(
    ("table", "column", "message"),
    [
        (0, "job_title", "gold_customer_profile lacks .*: job_title"),
        (1, "top_tags", "gold_customer_marketing_metrics lacks .*: top_tags"),
        (2, "open_ticket_count", "gold_customer_support_metrics lacks .*: open_ticket_count"),
    ],
)
def test_a_promised_column_must_be_there(
    parts: tuple[DataFrame, ...], table: int, column: str, message: str
) -> None:
    changed = [part.drop(column) if number == table else part for number, part in enumerate(parts)]
    with pytest.raises(MissingColumnsError, match=message):
        build_customer_360(*changed)
