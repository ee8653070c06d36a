from __future__ import annotations

from pyspark.sql import SparkSession

from customer_360.stewardship.link_reason import joined_by


def test_what_joined_a_pair(spark: SparkSession) -> None:
    cases = [
        ("match_weight", 0.1, 0.517, 0.5, "own_evidence"),
        ("match_weight", 0.0, 0.5, 0.5, "pooled_evidence"),
        ("match_weight", -2.0, 0.2, 0.5, "pooled_evidence"),
        ("match_weight", 3.0, 0.889, 0.9, "pooled_evidence"),
        ("decision", None, 1.0, 0.9, "decision"),
        ("number", None, 1.0, 0.5, "rule"),
        ("number", None, 0.0, 0.5, "pooled_evidence"),  # a rule that keeps pairs apart did not join this one
    ]
    rows = spark.createDataFrame(
        cases, "method STRING, match_weight DOUBLE, probability DOUBLE, at DOUBLE, want STRING"
    )
    for threshold in (0.5, 0.9):
        found = rows.where(rows["at"] == threshold).withColumn("joined", joined_by(threshold)).collect()
        assert [row.joined for row in found] == [row.want for row in found]
