from __future__ import annotations

import random

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.profile.order import record_order

IN_ORDER = [
    (1.0, "2"),
    (1.0, "002"),
    (1.0, "10"),
    (1.0, "98765432109876543210"),
    (1.0, "#1"),
    (1.0, "10#aa"),
    (1.0, "E2"),
    (0.9, "1"),
    (None, "0"),
]


def test_surer_links_first_then_numbers_by_value_then_texts(spark: SparkSession) -> None:
    shuffled = random.Random(3).sample(IN_ORDER, len(IN_ORDER))
    frame = spark.createDataFrame(shuffled, "confidence DOUBLE, source_key STRING")
    ordered = frame.orderBy(*record_order(F.col("confidence"), F.col("source_key"))).collect()
    # 002 and 2 are one number: their text decides
    assert [tuple(row) for row in ordered] == [IN_ORDER[1], IN_ORDER[0], *IN_ORDER[2:]]
