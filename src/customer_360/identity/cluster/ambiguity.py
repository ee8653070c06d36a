"""Records that know too little to choose between two persons stay with neither."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.compare import Layout
from customer_360.identity.prepare import OF_MAILBOX_AND_NAMES
from customer_360.parameters import IdentityModel

_MARGIN = 5.0  # bits, thirty to one: for records of a single answer
_CLOSE = 2.0  # bits, four to one: for records that know more
_THIN = 1


def answers(model: IdentityModel) -> Column:
    """How many comparisons a record could answer at all."""
    about = [
        [name for name in comparison.about if name not in OF_MAILBOX_AND_NAMES]
        for comparison in model.comparisons
    ]
    known = [
        reduce(lambda a, b: a | b, [F.col(name).isNotNull() for name in names]) for names in about if names
    ]
    return reduce(lambda a, b: a + b, [item.cast("int") for item in known], F.lit(0))


def without_ambiguous(clusters: DataFrame, scored: DataFrame, layout: Layout) -> DataFrame:
    """Take records out of their cluster where another one is nearly as good.

    A ticket from a mailbox that two customers share says nothing about who wrote it, and an invoice to James
    Gordon at the home of father and son James says nothing about which of them it is for. It is the invoice that
    is ambiguous, and not James: a record is ambiguous only between records that know at least as much as it does,
    and more than a single answer.

    Args:
        clusters: ``rid, cluster, answers`` (:func:`answers`), every record.
        scored: ``l, r, score, pattern`` of the pairs that blocking found.
        layout: codes of the comparisons.

    Returns:
        ``rid, cluster, ambiguous`` BOOLEAN: an ambiguous record is a cluster of its own.
    """
    pairs = scored.where(F.col("score") > -_MARGIN).select(
        "l", "r", "score", layout.same_value().alias("same_value")
    )
    best = _best_inside_and_outside(clusters.select("rid", "cluster", "answers"), pairs)
    ambiguous = best.where(_is_ambiguous()).select("rid", F.lit(True).alias("ambiguous"))
    marked = ambiguous.join(clusters, "rid", "right")
    return marked.select(
        "rid",
        # not its rid: a cluster goes by the smallest one in it, which may be this very record
        F.when(F.col("ambiguous"), F.xxhash64(F.lit("alone"), "rid"))
        .otherwise(F.col("cluster"))
        .alias("cluster"),
        F.coalesce("ambiguous", F.lit(False)).alias("ambiguous"),
    )


def _best_inside_and_outside(known: DataFrame, pairs: DataFrame) -> DataFrame:
    """Of each record the best score with its own cluster, and with others, among records that know as much.

    Args:
        known: ``rid, cluster, answers``.
        pairs: ``l, r, score, same_value``.

    Returns:
        ``rid, knows, inside, has_same, outside, outside_same``.
    """
    turned = pairs.select(F.col("r").alias("l"), F.col("l").alias("r"), "score", "same_value")
    mine, theirs = known.toDF("l", "own", "knows"), known.toDF("r", "other", "other_knows")
    choices = theirs.join(mine.join(pairs.unionByName(turned), "l"), "r").where(
        (F.col("other_knows") >= F.col("knows")) & (F.col("other_knows") > _THIN)
    )
    inside, same = F.col("own") == F.col("other"), F.col("same_value")
    return choices.groupBy(F.col("l").alias("rid")).agg(
        F.max("knows").alias("knows"),
        F.max(F.when(inside, F.col("score"))).alias("inside"),
        F.max(F.when(inside, same.cast("int"))).alias("has_same"),
        F.max(F.when(~inside, F.col("score"))).alias("outside"),
        F.max(F.when(~inside & same, F.col("score"))).alias("outside_same"),
    )


def _is_ambiguous() -> Column:
    # the very address of a customer is not in doubt for another one that is a letter away
    rival = F.when(F.col("has_same") == 1, F.col("outside_same")).otherwise(F.col("outside"))
    of_thin = (rival > F.coalesce("inside", F.lit(0.0)) - _MARGIN) & (F.coalesce("inside", "outside") > 0)
    of_others = (F.col("outside") > F.greatest(F.col("inside") - _CLOSE, F.lit(0.0))) & (F.col("inside") > 0)
    return F.when(F.col("knows") <= _THIN, of_thin).otherwise(of_others)
