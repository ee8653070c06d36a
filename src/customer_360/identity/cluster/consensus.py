"""A second look at clusters: what most of their records say, compared as if each cluster were one record.

A record with two typos may miss its person in every single pair and still agree with what the person's other
records have in common. For two clusters, each comparison's level is the most frequent one over all pairs
between them; the pattern of these levels is scored by the same model.
"""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.compare import BITS, code_in_pattern

_MEMBERS = 12  # of a cluster that take part: a sample of a large one says what most say
_NEAR = -6.0  # bits: clusters are compared if some pair between them scored more


def merge_by_consensus(
    clusters: DataFrame,
    scored: DataFrame,
    *,
    compare_pairs: Callable[[DataFrame], DataFrame],
    score_patterns: Callable[[DataFrame], DataFrame],
    comparisons: int,
    scratch: Scratch,
) -> DataFrame:
    """Join clusters that are each other's best match by consensus.

    Args:
        clusters: ``rid, cluster``, every record.
        scored: ``l, r, score`` of pairs that blocking found.
        compare_pairs: adds ``sources, pattern`` and ``forbidden`` to pairs ``l, r``: clusters with a forbidden
            pair between them are not joined.
        score_patterns: adds ``score`` to ``sources, pattern``.
        comparisons: how many comparisons a pattern holds.
        scratch: where intermediate tables are written.

    Returns:
        ``rid, cluster`` again, every record.
    """
    size = F.count("*").over(Window.partitionBy("cluster"))
    number = F.row_number().over(Window.partitionBy("cluster").orderBy("rid"))
    known = scratch.keep(
        clusters.select("cluster", size.alias("size"), "rid", number.alias("number")), "sized"
    )
    compared = compare_pairs(_pairs_of_members(_near_clusters(known, scored), known))
    scores = (
        score_patterns(_most_frequent(compared, comparisons)).where("score > 0").select("a", "b", "score")
    )
    merged = _best_of_each_other(scores)
    return merged.join(known, "cluster", "right").select(
        "rid", F.coalesce("into", "cluster").alias("cluster")
    )


def _near_clusters(known: DataFrame, scored: DataFrame) -> DataFrame:
    """``a, b``: pairs of clusters, not both of a single record, with a pair of records that scored enough.

    Args:
        known: ``rid, cluster, size``.
        scored: ``l, r, score``.
    """
    left = known.select(F.col("rid").alias("l"), F.col("cluster").alias("a"), F.col("size").alias("size_a"))
    right = known.select(F.col("rid").alias("r"), F.col("cluster").alias("b"), F.col("size").alias("size_b"))
    near = scored.where(F.col("score") > _NEAR).select("l", "r")
    between = left.join(near, "l").join(right, "r").where("a <> b AND size_a + size_b > 2")
    return between.select(F.least("a", "b").alias("a"), F.greatest("a", "b").alias("b")).distinct()


def _pairs_of_members(pairs: DataFrame, known: DataFrame) -> DataFrame:
    """``a, b, l, r``: the pairs of records between two clusters, of large ones those of a sample."""
    sample = known.where(F.col("number") <= _MEMBERS).select("rid", "cluster")
    of_a, of_b = sample.toDF("x", "a"), sample.toDF("y", "b")
    return (
        pairs.join(of_a, "a")
        .join(of_b, "b")
        .select("a", "b", F.least("x", "y").alias("l"), F.greatest("x", "y").alias("r"))
    )


def _best_of_each_other(scores: DataFrame) -> DataFrame:
    """``cluster, into``: clusters that are each other's best match; the smaller id stays."""
    turned = F.explode(F.array(F.struct("a", "b"), F.struct(F.col("b").alias("a"), F.col("a").alias("b"))))
    both = scores.select(turned.alias("of"), "score").select("of.a", "of.b", "score")
    best = both.groupBy("a").agg(F.max(F.struct("score", "b"))["b"].alias("b"))
    # those that name each other name the same two
    named = best.groupBy(F.greatest("a", "b").alias("cluster"), F.least("a", "b").alias("into"))
    return named.agg(F.count("*").alias("n")).where("n = 2").select("cluster", "into")


def _most_frequent(compared: DataFrame, comparisons: int) -> DataFrame:
    """``a, b, sources, pattern``: of each comparison the level that most pairs between the clusters show."""
    # one more answer, after those of the comparisons: that a pair is forbidden
    forbidden = F.col("forbidden").cast("int")
    codes = F.array(*[code_in_pattern(number) for number in range(comparisons)], forbidden)
    answers = compared.select("a", "b", "sources", F.posexplode(codes).alias("comparison", "code")).where(
        "code > 0"
    )
    counted = answers.groupBy("a", "b", "comparison", "code").agg(
        F.count("*").alias("n"), F.min("sources").alias("sources")
    )
    # the most frequent, of equals the highest code, in one number: a maximum over structs is slow
    order = F.col("n") * (1 << BITS) + F.col("code")
    winner = counted.groupBy("a", "b", "comparison").agg(
        (F.max(order) % (1 << BITS)).alias("code"),
        F.min("sources").alias("sources"),
    )
    shifted = F.lit(0).cast("bigint")
    for number in range(comparisons):
        shifted = F.when(F.col("comparison") == number, F.shiftleft("code", BITS * number)).otherwise(shifted)
    agreed = winner.groupBy("a", "b").agg(
        F.min("sources").alias("sources"),
        F.sum(shifted).alias("pattern"),
        F.max("comparison").alias("last"),
    )
    return agreed.where(F.col("last") < comparisons).select("a", "b", "sources", "pattern")
