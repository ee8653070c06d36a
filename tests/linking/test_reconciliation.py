from __future__ import annotations

import pytest
from enrichment_frames import CROSSWALK, UNLINKED, exact_linking, frame, silver
from pyspark.sql import SparkSession

from customer_360.linking.links import customers_of_records
from customer_360.linking.reconciliation import UnaccountedRecordsError, reconcile_links

LINKS = [("crm", "1", "anchor"), ("erp", "7", "anchor"), ("erp", "8", "erp_customer_number")]
LEFT = [("support", "t", "no_key")]


def account(
    spark: SparkSession, links: list[tuple[str, str, str]], left: list[tuple[str, str, str]]
) -> list[tuple[str, str, str | None, int]]:
    sources = silver(
        spark,
        crm=[{"source_key": "1"}],
        erp=[{"source_key": "7"}, {"source_key": "8"}],
        support=[{"source_key": "t"}],
    )
    crosswalk = frame(
        spark,
        CROSSWALK,
        [{"customer_id": "C", "source": s, "source_key": k, "method": m} for s, k, m in links],
    )
    unlinked = frame(spark, UNLINKED, [{"source": s, "source_key": k, "reason": r} for s, k, r in left])
    return reconcile_links(sources, crosswalk, unlinked, anchor="crm")


def test_every_record_is_counted_by_what_became_of_it(spark: SparkSession) -> None:
    assert account(spark, LINKS, LEFT) == [
        ("crm", "linked", None, 1),
        ("crm", "linked_by", "anchor", 1),
        ("erp", "linked", None, 1),
        ("erp", "linked_by", "erp_customer_number", 1),
        ("erp", "unlinked", "own_customer", 1),
        ("marketing", "linked", None, 0),
        ("support", "linked", None, 0),
        ("support", "unlinked", "no_key", 1),
    ]


@pytest.mark.parametrize(
    ("links", "left", "message"),
    [
        (LINKS[:2], LEFT, "erp: of 2 silver records 1 in neither of the two"),
        (LINKS, [], "support: of 1 silver records 1 in neither of the two"),
        (LINKS, [*LEFT, ("erp", "8", "no_match")], "erp: of 2 silver records 1 in them more than once"),
        ([*LINKS, LINKS[0]], LEFT, "crm: of 1 silver records 1 in them more than once"),
        ([*LINKS, ("crm", "2", "anchor")], LEFT, "crm: of 1 silver records 1 in them but not in silver"),
    ],
)
def test_faults_are_named_with_source_and_numbers(
    spark: SparkSession, links: list[tuple[str, str, str]], left: list[tuple[str, str, str]], message: str
) -> None:
    with pytest.raises(UnaccountedRecordsError, match=message):
        account(spark, links, left)


def test_a_silver_key_that_is_there_twice(spark: SparkSession) -> None:
    sources = silver(spark, crm=[{"source_key": "1"}, {"source_key": "1"}])
    links = customers_of_records(sources, exact_linking())
    with pytest.raises(
        UnaccountedRecordsError, match="crm: of 2 silver records 1 in them more than once, 1 more than"
    ):
        reconcile_links(sources, links.crosswalk, links.unlinked, anchor="crm")
