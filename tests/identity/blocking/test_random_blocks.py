"""Random pairs: as many as wanted, each once, of a large file from few records."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from customer_360.identity.blocking.random_blocks import random_pairs, random_sample


@pytest.mark.parametrize(("records", "wanted"), [(50, 10_000), (3_000, 4_000)])
def test_random_pairs(spark: SparkSession, records: int, wanted: int) -> None:
    every = spark.range(records).selectExpr("id AS rid", "id % 7 AS carried")
    sample = random_sample(every, wanted, records)
    pairs = [(row["l"], row["r"]) for row in random_pairs(sample).collect()]
    assert len(set(pairs)) == len(pairs) and all(left < right for left, right in pairs)
    assert len(pairs) == pytest.approx(min(wanted, records * (records - 1) / 2), rel=0.2)
    if wanted < records * (records - 1) / 2:
        assert sample.count() < 0.6 * records, "a few records are enough"
