from __future__ import annotations

import pytest
from enrichment_frames import UNLINKED, frame
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from customer_360.reporting.totals import Customers, Total, TotalsError, reconcile_totals


def measures() -> dict[str, dict[str, Column]]:
    return {
        "marketing": {"post_count": F.lit(1), "view_count": F.col("views")},
        "support": {"ticket_count": F.lit(1)},
    }


def check(
    spark: SparkSession, customers: list[tuple[str, int, int, int]], *, tickets: tuple[str, ...] = ("1", "2")
) -> Customers:
    silver = {
        "marketing": spark.createDataFrame(
            [("1", 10), ("2", 5), ("3", 2)], "source_key STRING, views BIGINT"
        ),
        "support": spark.createDataFrame([(key,) for key in tickets], "source_key STRING"),
    }
    unlinked = frame(spark, UNLINKED, [{"source": "marketing", "source_key": "3"}])
    columns = "customer_id STRING, post_count BIGINT, view_count BIGINT, ticket_count BIGINT"
    return reconcile_totals(silver, measures(), unlinked, spark.createDataFrame(customers, columns))


def test_customers_and_unlinked_add_up_to_silver(spark: SparkSession) -> None:
    assert check(spark, [("A", 2, 15, 0), ("B", 0, 0, 2)]) == Customers(
        count=2,
        totals=[
            Total("marketing", "post_count", silver=3, unlinked=1, customers=2),
            Total("marketing", "view_count", silver=17, unlinked=2, customers=15),
            Total("support", "ticket_count", silver=2, unlinked=0, customers=2),
        ],
    )


def test_no_customers_and_no_records(spark: SparkSession) -> None:
    with pytest.raises(TotalsError, match="post_count: customers 0"):
        check(spark, [], tickets=())
    assert check(spark, [("A", 2, 15, 0)], tickets=()).totals[2] == Total("support", "ticket_count", 0, 0, 0)


@pytest.mark.parametrize(
    ("customers", "message"),
    [
        ([("A", 2, 14, 2)], r"view_count: customers 14 \+ unlinked 2 = 16, but marketing silver has 17"),
        ([("A", 2, 15, 3)], r"ticket_count: customers 3 \+ unlinked 0 = 3, but support silver has 2"),
        ([("A", 2, 15, 1), ("A", 0, 0, 1)], "customers: 2 rows for 1 customers"),
    ],
)
def test_a_difference_is_named_with_its_numbers(
    spark: SparkSession, customers: list[tuple[str, int, int, int]], message: str
) -> None:
    with pytest.raises(TotalsError, match=message):
        check(spark, customers)
