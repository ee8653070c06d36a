"""Records that know too little to choose between two persons stay with neither."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.parameters.identity import IdentityModel

_MARGIN = 5.0  # bits: thirty to one


def answers(model: IdentityModel) -> Column:
    """How many comparisons a record could answer at all."""
    known = [
        reduce(
            lambda a, b: a | b,
            [F.col(name).isNotNull() for name in comparison.about if name != "mailbox_names"],
        )
        for comparison in model.comparisons
    ]
    return reduce(lambda a, b: a + b, [item.cast("int") for item in known])


def without_ambiguous(clusters: DataFrame, scored: DataFrame, thin: DataFrame) -> DataFrame:
    """Take records of a single answer out of their cluster where another one is nearly as good.

    A ticket from a mailbox that two customers share says nothing about who wrote it.

    Args:
        clusters: ``rid, cluster``, every record.
        scored: ``l, r, score`` of the pairs that blocking found.
        thin: ``rid`` of the records with one answer.

    Returns:
        ``rid, cluster, ambiguous`` BOOLEAN: an ambiguous record is a cluster of its own.
    """
    both = scored.select("l", "r", "score").unionByName(
        scored.select(F.col("r").alias("l"), F.col("l").alias("r"), "score")
    )
    of_thin = thin.select(F.col("rid").alias("l")).join(both, "l")
    others = of_thin.join(thin.select(F.col("rid").alias("r")), "r", "left_anti")
    mine = clusters.select(F.col("rid").alias("l"), F.col("cluster").alias("own"))
    theirs = clusters.select(F.col("rid").alias("r"), F.col("cluster").alias("other"))
    choices = theirs.join(mine.join(others, "l", "right"), "r", "right")
    inside = F.col("own") == F.col("other")
    best = choices.groupBy(F.col("l").alias("rid")).agg(
        F.max(F.when(inside, F.col("score"))).alias("inside"),
        F.max(F.when(~inside, F.col("score"))).alias("outside"),
    )
    torn = best.where(F.col("outside") > F.coalesce("inside", F.lit(0.0)) - _MARGIN)
    torn = torn.where(F.coalesce("inside", "outside") > 0).select("rid", F.lit(True).alias("ambiguous"))
    marked = torn.join(clusters, "rid", "right")
    return marked.select(
        "rid",
        F.when(F.col("ambiguous"), F.col("rid")).otherwise(F.col("cluster")).alias("cluster"),
        F.coalesce("ambiguous", F.lit(False)).alias("ambiguous"),
    )
