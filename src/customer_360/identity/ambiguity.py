"""Records that know too little to choose between two persons stay with neither."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.layout import Layout
from customer_360.parameters.identity import IdentityModel

_MARGIN = 5.0  # bits, thirty to one: for records of a single answer
_CLOSE = 2.0  # bits, four to one: for records that know more


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


def without_ambiguous(clusters: DataFrame, scored: DataFrame, thin: DataFrame, layout: Layout) -> DataFrame:
    """Take records of a single answer out of their cluster where another one is nearly as good.

    A ticket from a mailbox that two customers share says nothing about who wrote it, and an invoice to James
    Gordon at the home of father and son James says nothing about which of them it is for.

    Args:
        clusters: ``rid, cluster``, every record.
        scored: ``l, r, score, pattern`` of the pairs that blocking found.
        thin: ``rid`` of the records with one answer.
        layout: codes of the comparisons.

    Returns:
        ``rid, cluster, ambiguous`` BOOLEAN: an ambiguous record is a cluster of its own.
    """
    pairs = scored.where(F.col("score") > -_MARGIN).select(
        "l", "r", "score", layout.same_value().alias("same_value")
    )
    turned = pairs.select(F.col("r").alias("l"), F.col("l").alias("r"), "score", "same_value")
    knowing = thin.select(F.col("rid").alias("r"))
    others = pairs.unionByName(turned).join(knowing, "r", "left_anti")
    mine = clusters.select(F.col("rid").alias("l"), F.col("cluster").alias("own"))
    theirs = clusters.select(F.col("rid").alias("r"), F.col("cluster").alias("other"))
    choices = theirs.join(mine.join(others, "l", "right"), "r", "right")
    inside, same = F.col("own") == F.col("other"), F.col("same_value")
    best = choices.groupBy(F.col("l").alias("rid")).agg(
        F.max(F.when(inside, F.col("score"))).alias("inside"),
        F.max(F.when(inside, same.cast("int"))).alias("has_same"),
        F.max(F.when(~inside, F.col("score"))).alias("outside"),
        F.max(F.when(~inside & same, F.col("score"))).alias("outside_same"),
    )
    best = thin.select("rid", F.lit(True).alias("thin")).join(best, "rid", "right")
    # the very address of a customer is not in doubt for another one that is a letter away
    rival = F.when(F.col("has_same") == 1, F.col("outside_same")).otherwise(F.col("outside"))
    of_thin = (rival > F.coalesce("inside", F.lit(0.0)) - _MARGIN) & (F.coalesce("inside", "outside") > 0)
    of_others = (F.col("outside") > F.greatest(F.col("inside") - _CLOSE, F.lit(0.0))) & (F.col("inside") > 0)
    torn = best.where(F.when(F.col("thin"), of_thin).otherwise(of_others)).select(
        "rid", F.lit(True).alias("ambiguous")
    )
    marked = torn.join(clusters, "rid", "right")
    return marked.select(
        "rid",
        # not its rid: a cluster goes by the smallest one in it, which may be this very record
        F.when(F.col("ambiguous"), F.xxhash64(F.lit("alone"), "rid"))
        .otherwise(F.col("cluster"))
        .alias("cluster"),
        F.coalesce("ambiguous", F.lit(False)).alias("ambiguous"),
    )
