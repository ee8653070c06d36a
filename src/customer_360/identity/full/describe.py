"""What a resolution found, in words of its readers: sources, keys, probabilities and evidence."""

from __future__ import annotations

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from customer_360.identity.compare import Layout
from customer_360.identity.score import MATCH_WEIGHT, Mixture, Scorer


def level_weights(layout: Layout, mixture: Mixture) -> list[tuple[str, str, str, float]]:
    """``(comparison, level, "bits", match weight)`` of every level, bins of one level averaged."""
    rows = []
    for comparison, codes, table in zip(layout.comparisons, layout.codes, mixture.levels, strict=True):
        for number, level in enumerate(comparison.levels):
            at = [k for k, code in enumerate(codes) if code is not None and code.level == number]
            bits = float(np.log2(table[0][at].sum() / table[2][at].sum()))
            rows.append((comparison.name, level.name, "bits", bits))
    return rows


def named_records(clusters: DataFrame, pairs: DataFrame, known: DataFrame) -> DataFrame:
    """Clusters by source and key, with the probability of each record's best link inside.

    Args:
        clusters: ``rid, cluster, ambiguous``.
        pairs: as :func:`named_pairs` returns them, kept.
        known: the records.

    Returns:
        ``rid, source, key, cluster, confidence, ambiguous``.
    """
    inside = pairs.where("same_cluster").select(F.explode(F.array("l", "r")).alias("rid"), "score")
    best = inside.groupBy("rid").agg(F.max("score").alias("score"))
    size = F.count("*").over(Window.partitionBy("cluster"))
    joined = best.join(clusters.select("cluster", size.alias("size"), "rid", "ambiguous"), "rid", "right")
    named = joined.join(known.select("rid", "source", "key"), "rid")
    # a record that joined by the average or by consensus has no link of its own above the floor
    probability = F.when(F.col("size") == 1, F.lit(1.0)).otherwise(
        F.greatest(_probability(F.coalesce("score", F.lit(0.0))), F.lit(0.5))
    )
    return named.select("rid", "source", "key", "cluster", probability.alias("confidence"), "ambiguous")


def clusters_of(named: DataFrame) -> DataFrame:
    """``source, key, cluster_id, confidence, ambiguous`` of what :func:`named_records` returns."""
    label = F.lower(F.hex("cluster")).alias("cluster_id")
    return named.select("source", "key", label, "confidence", "ambiguous")


def named_pairs(clusters: DataFrame, scored: DataFrame, known: DataFrame) -> DataFrame:
    """Scored pairs by source and key, the left one first by them.

    Returns:
        ``l, r, sources, pattern, score, method, left_source, left_key, right_source, right_key, same_cluster``.
    """
    keys = known.select("rid", "source", "key")
    left, right = keys.toDF("l", "l_source", "l_key"), keys.toDF("r", "r_source", "r_key")
    pairs = right.join(left.join(_both_in_one(clusters, scored), "l"), "r")
    earlier = F.col("l_source") < F.col("r_source")
    first = earlier | ((F.col("l_source") == F.col("r_source")) & (F.col("l_key") <= F.col("r_key")))

    def side(name: str) -> list[Column]:
        one, two = ("l", "r") if name == "left" else ("r", "l")
        return [
            F.when(first, F.col(f"{one}_{part}")).otherwise(F.col(f"{two}_{part}")).alias(f"{name}_{part}")
            for part in ("source", "key")
        ]

    return pairs.select(
        "l", "r", "sources", "pattern", "score", "method", *side("left"), *side("right"), "same_cluster"
    )


def pairs_of(named: DataFrame, scorer: Scorer) -> DataFrame:
    """What :func:`named_pairs` returns, with match weight, probability and evidence in place of patterns."""
    return named.select(
        *[f"{side}_{part}" for side in ("left", "right") for part in ("source", "key")],
        "method",
        F.when(F.col("method") == MATCH_WEIGHT, F.col("score")).alias("match_weight"),
        _probability(F.col("score")).alias("probability"),
        scorer.evidence().alias("evidence"),
        "same_cluster",
    )


def _both_in_one(clusters: DataFrame, scored: DataFrame) -> DataFrame:
    left = clusters.select(F.col("rid").alias("l"), F.col("cluster").alias("l_cluster"))
    right = clusters.select(F.col("rid").alias("r"), F.col("cluster").alias("r_cluster"))
    both = right.join(left.join(scored, "l"), "r")
    return both.withColumn("same_cluster", F.col("l_cluster") == F.col("r_cluster")).drop(
        "l_cluster", "r_cluster"
    )


def _probability(score: Column) -> Column:
    """Of a score in bits; rounded, since engines differ in the last bit of a power."""
    bounded = F.least(F.greatest(score, F.lit(-60.0)), F.lit(60.0))
    return F.round(F.lit(1.0) / (F.lit(1.0) + F.pow(F.lit(2.0), -bounded)), 6)
