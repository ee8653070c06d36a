from __future__ import annotations

import pytest
from enrichment_frames import identity
from pyspark.sql import SparkSession

from customer_360.identity.ambiguity import without_ambiguous
from customer_360.identity.whole import layout_of


@pytest.mark.parametrize("torn", [1, 2])
def test_an_ambiguous_record_is_alone_whichever_names_the_cluster(spark: SparkSession, torn: int) -> None:
    """The record `torn` knows little, and 3 is as good for it as the one that it is with."""
    clusters = spark.createDataFrame([(1, 1), (2, 1), (3, 3)], "rid BIGINT, cluster BIGINT")
    pairs = [(1, 2, 5.0, 0), (torn, 3, 5.0, 0)]
    scored = spark.createDataFrame(pairs, "l BIGINT, r BIGINT, score DOUBLE, pattern BIGINT")
    thin = spark.createDataFrame([(torn,)], "rid BIGINT")
    rows = without_ambiguous(clusters, scored, thin, layout_of(identity())).collect()
    assert {row.rid for row in rows if row.ambiguous} == {torn}
    assert len({row.cluster for row in rows}) == 3
