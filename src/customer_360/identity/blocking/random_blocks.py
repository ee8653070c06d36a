"""Random pairs: from records that have nothing to do with each other, training learns how chance agrees."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

_SMALLEST_BLOCK = 8


def random_sample(features: DataFrame, wanted: int, records: int) -> DataFrame:
    """Records for about ``wanted`` random pairs, dealt into blocks by a hash of their id.

    Of a large file a few records are enough, each of them in several pairs; of a small one all are needed.

    Args:
        features: ``rid`` and whatever else is to be carried.
        wanted: number of pairs.
        records: number of rows of ``features``.

    Returns:
        the columns of ``features``, and ``block`` BIGINT.
    """
    size = max(float(_SMALLEST_BLOCK), min(records, 2.0 * wanted / max(records, 1)))
    blocks = max(1, round(records / size))
    share = min(1.0, wanted / (records * (records - 1) / (2 * blocks) + 1))
    dealt = features.withColumn("block", F.pmod(F.xxhash64(F.lit("deal"), "rid"), F.lit(blocks)))
    return dealt.where(
        F.pmod(F.xxhash64(F.lit("share"), "block"), F.lit(1_000_000)) < int(share * 1_000_000) + 1
    )


def random_pairs(sample: DataFrame) -> DataFrame:
    """Pairs of records that have nothing to do with each other: all that a :func:`random_sample` has in its blocks.

    Returns:
        ``l, r`` BIGINT, ``training_mask`` INT (0).
    """
    left = sample.select(F.col("rid").alias("l"), "block")
    right = sample.select(F.col("rid").alias("r"), "block")
    return (
        left.join(right, "block")
        .where(F.col("l") < F.col("r"))
        .select("l", "r", F.lit(0).alias("training_mask"))
    )
