"""Decisions of stewards as pairs of records."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def pairs_of_decided(decisions: DataFrame, known: DataFrame) -> DataFrame:
    """Decisions whose records are there; where they contradict, different wins.

    Args:
        decisions: ``left_source, left_key, right_source, right_key, same``.
        known: ``rid`` of all records.

    Returns:
        ``l, r, same`` with ``l < r``.
    """
    both = decisions.select(
        F.xxhash64("left_source", "left_key").alias("a"),
        F.xxhash64("right_source", "right_key").alias("b"),
        "same",
    )
    ids = known.select("rid")
    both = both.join(ids.toDF("a"), "a", "left_semi").join(ids.toDF("b"), "b", "left_semi")
    turned = both.where("a <> b").select(
        F.least("a", "b").alias("l"), F.greatest("a", "b").alias("r"), "same"
    )
    return turned.groupBy("l", "r").agg((F.min(F.col("same").cast("int")) == 1).alias("same"))


def with_decided(pairs: DataFrame, decided: DataFrame) -> DataFrame:
    """Pairs that people decided on are compared even if no key blocks them; they teach the model nothing."""
    said = decided.select("l", "r", F.lit(0).alias("training_mask"))
    return pairs.unionByName(said).groupBy("l", "r").agg(F.bit_or("training_mask").alias("training_mask"))
