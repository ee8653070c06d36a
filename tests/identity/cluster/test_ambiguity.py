from __future__ import annotations

import pytest
from enrichment_frames import identity
from pyspark.sql import SparkSession

from customer_360.identity.cluster.ambiguity import without_ambiguous
from customer_360.identity.compare import layout_of

Pair = tuple[int, int, float]


def ambiguous(
    spark: SparkSession, clusters: list[tuple[int, int]], pairs: list[Pair], knows: dict[int, int]
) -> tuple[set[int], int]:
    """Which records are ambiguous, and how many clusters there are then."""
    rows = without_ambiguous(
        spark.createDataFrame(
            [(rid, cluster, knows[rid]) for rid, cluster in clusters],
            "rid BIGINT, cluster BIGINT, answers INT",
        ),
        spark.createDataFrame(
            [(*pair, 0) for pair in pairs], "l BIGINT, r BIGINT, score DOUBLE, pattern BIGINT"
        ),
        layout_of(identity()),
    ).collect()
    return {row.rid for row in rows if row.ambiguous}, len({row.cluster for row in rows})


@pytest.mark.parametrize("ticket", [1, 2])
def test_an_ambiguous_record_is_alone_whichever_names_the_cluster(spark: SparkSession, ticket: int) -> None:
    """The ticket knows an address and nothing else, and 3 is as good for it as the one that it is with."""
    knows = {1: 8, 2: 8, 3: 8} | {ticket: 1}
    found = ambiguous(spark, [(1, 1), (2, 1), (3, 3)], [(1, 2, 5.0), (ticket, 3, 5.0)], knows)
    assert found == ({ticket}, 3)


JAMES, HIS_SON, INVOICE = 1, 2, 3


@pytest.mark.parametrize(
    ("second_best", "expected"),
    [(9.0, {INVOICE}), (8.1, {INVOICE}), (7.9, set()), (-1.0, set())],
    ids=["as good", "nearly", "less than a quarter as likely", "unlikely"],
)
def test_it_is_the_invoice_that_is_torn_and_not_james(
    spark: SparkSession, second_best: float, expected: set[int]
) -> None:
    pairs = [(JAMES, INVOICE, 10.0), (HIS_SON, INVOICE, second_best)]
    found, _ = ambiguous(
        spark, [(JAMES, 1), (HIS_SON, 2), (INVOICE, 1)], pairs, {JAMES: 8, HIS_SON: 8, INVOICE: 3}
    )
    assert found == expected


def test_records_that_know_less_tear_nobody(spark: SparkSession) -> None:
    """James is with one invoice, and the other fits him as well: both invoices may be ambiguous, he is not."""
    pairs = [(JAMES, INVOICE, 9.0), (JAMES, 4, 9.0), (HIS_SON, 4, 9.0), (HIS_SON, INVOICE, 9.0)]
    knows = {JAMES: 8, HIS_SON: 8, INVOICE: 3, 4: 3}
    found, _ = ambiguous(spark, [(JAMES, 1), (HIS_SON, 2), (INVOICE, 1), (4, 2)], pairs, knows)
    assert found == {INVOICE, 4}
