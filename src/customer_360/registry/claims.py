"""Where the ids go: the cluster that each known id has the best claim to.

A living id claims the clusters of its records; it goes to the one with the larger part of them. An id that
ended (merged or retired) claims the clusters of the records that it had at its end. When those have left the
customer that they went to, a merge has been undone: then that customer's own records, those that it had before
the merge, say where it stays, whatever came since, so that both ids return to where they were.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from customer_360.registry.log import RECORD
from customer_360.registry.packed import packed


def claims(compared: DataFrame, ids: DataFrame, ended: DataFrame) -> DataFrame:
    """How much of every id's records is where.

    Args:
        compared: as :func:`.former_customers.customers_so_far` returns it.
        ids: as :func:`.log.customers` returns it.
        ended: as :func:`.log.last_records` returns it.

    Returns:
        ``customer_id, is_living, family`` (the id, or the one that it is merged into), ``born,
        cluster_id, changed, place`` (customer so far of an unchanged cluster), ``held`` (records of the id
        there), ``own`` (those that no merge brought), ``since`` (when the first of them joined),
        ``first`` (the least of them, packed), ``ended`` (when an ended id lost its last records): one
        row per id and cluster. Of living ids only the changed ones; what they lost has the cluster null.
    """
    known = ids.select(
        "customer_id",
        (F.col("status") == "living").alias("is_living"),
        F.coalesce("merged_into", "customer_id").alias("family"),
        "born",
    )
    is_own = F.col("first_merge").isNull() | (F.col("joined") < F.col("first_merge"))
    return (
        _held_records(compared, ended)
        .join(_first_merges(ended), "customer_id", "left")
        .groupBy("customer_id", "cluster_id", "changed")
        .agg(
            F.count("*").alias("held"),
            F.count_if(is_own).alias("own"),
            F.min("joined").alias("since"),
            F.min(packed(*RECORD)).alias("first"),
            F.max("was").alias("place"),
            F.max("went").alias("ended"),
        )
        .join(known, "customer_id")
        .select(
            "customer_id", "is_living", "family", "born", "cluster_id", "changed", "place", "held", "own",
            "since", "first", "ended",
        )
    )  # fmt: skip


def _first_merges(ended: DataFrame) -> DataFrame:
    """``customer_id, first_merge``: since when a customer has records that a merge brought."""
    return (
        ended.where(F.col("to").isNotNull())
        .groupBy(F.col("to").alias("customer_id"))
        .agg(F.min("went").alias("first_merge"))
    )


def _held_records(compared: DataFrame, ended: DataFrame) -> DataFrame:
    """The records of every id, each in its cluster of today: of living ids those that they have, of others the last."""
    living = compared.where(F.col("changed") & F.col("was").isNotNull())
    alive = F.lit(None).cast("bigint").alias("went")
    columns = ["customer_id", *RECORD, "joined", "went", "cluster_id", "changed", "was"]
    held_now = living.select("*", F.col("was").alias("customer_id"), alive)
    place = compared.where(F.col("cluster_id").isNotNull()).select(*RECORD, "cluster_id", "changed", "was")
    held_last = ended.select("customer_id", *RECORD, "joined", "went").join(place, [*RECORD])
    return held_now.select(*columns).unionAll(held_last.select(*columns))


def claimed_clusters(claims: DataFrame) -> DataFrame:
    """The one cluster of every id that has a claim, null if all its records went.

    Returns:
        rows of :func:`claims`, and ``returns`` BOOLEAN: the id has ended, and what ended it is undone.
    """
    by_id = Window.partitionBy("customer_id")
    nowhere = F.col("cluster_id").isNull()
    by_size = by_id.orderBy(nowhere, F.desc("held"), F.desc("own"), "first")
    by_origin = by_id.orderBy(nowhere, F.desc("own"), "since", F.desc("held"), "first")
    ranked = claims.withColumns(
        {"by_size": F.row_number().over(by_size), "by_origin": F.row_number().over(by_origin)}
    )
    in_family = Window.partitionBy("family")
    origin = F.when(F.col("by_origin") == 1, F.col("cluster_id"))
    placed = ranked.withColumn("family_cluster", F.max(F.when(F.col("is_living"), origin)).over(in_family))
    apart = F.when(~F.col("is_living") & (origin != F.col("family_cluster")), 1).otherwise(0)
    undone = placed.withColumn("undone", F.max(apart).over(in_family))
    stays = F.col("is_living") & (F.col("undone") == 0)
    rank = F.when(stays, F.col("by_size")).otherwise(F.col("by_origin"))
    # an ended id whose records have left the customer that they went to
    returns = (apart == 1).alias("returns")
    return undone.where(rank == 1).select(*claims.columns, returns)


def winners(claimed: DataFrame) -> DataFrame:
    """The id that each changed cluster gets: a living one that claims it, else one that had ended.

    An ended id that returns comes before a living one with fewer of the records: else a customer that came to be
    by what is undone now would keep the id of the one that comes back.

    Returns:
        ``cluster_id, customer_id, is_living``: the id with most of the cluster's records, then the oldest; of
        ended ones the last to end before the oldest, since what ended last is what is undone first.
    """
    contends = F.col("is_living") | F.col("returns")
    best_first = Window.partitionBy("cluster_id").orderBy(
        F.desc(contends), F.desc("held"), F.desc("is_living"), F.desc("ended"), "born", "customer_id"
    )
    return (
        claimed.where(F.col("changed") & F.col("cluster_id").isNotNull())
        .withColumn("rank", F.row_number().over(best_first))
        .where(F.col("rank") == 1)
        .select("cluster_id", "customer_id", "is_living")
    )
