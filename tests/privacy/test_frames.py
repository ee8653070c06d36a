from __future__ import annotations

from pyspark.sql import SparkSession

from customer_360.privacy import masked_frame


def test_a_frame_to_be_displayed(spark: SparkSession) -> None:
    schema = "customer_id STRING, full_name STRING, latitude DOUBLE, is_reachable BOOLEAN, post_count BIGINT"
    frame = spark.createDataFrame([("C1", "Ann\nLee", 12.5, True, 3), ("C2", None, None, False, 0)], schema)
    masked = masked_frame(frame, "gold/customer_360")
    assert masked.columns == frame.columns
    rows = [tuple(row) for row in masked.collect()]
    assert rows == [("C1", "A••••••", "1•••", True, 3), ("C2", None, None, False, 0)]
    assert (
        masked_frame(frame.select("customer_id", "post_count"), "gold/customer_360").collect()[0][0] == "C1"
    )
