"""An id for every cluster in which something changed."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.linking import customer_id
from customer_360.registry.log import RECORD
from customer_360.registry.packed import descending, packed, unpacked

_AGAIN = "\u001f"


def assign(compared: DataFrame, winners: DataFrame, ids: DataFrame, *, sequence: int) -> DataFrame:
    """Give each changed cluster its winner's id, or a new one.

    A new id is made from the least record of the cluster, so it is the same on every engine and in every
    repetition; one that was ever given is not given again, but made anew with the sequence.

    Args:
        compared: as :func:`.former_customers.customers_so_far` returns it.
        winners: as :func:`.claims.winners` returns it.
        ids: as :func:`.log.customers` returns it.
        sequence: number of this transition.

    Returns:
        ``cluster_id, customer_id, begins`` (null: it lives on; else ``created``, ``restored`` or ``split``),
        ``is_known`` (the id was given before), ``origin`` (for ``split``: the customer that most of it comes
        from), ``first`` (the record that the customer begins with, packed).
    """
    source, key = (unpacked("least", position, of=2) for position in (0, 1))
    fresh = customer_id(source, key)
    again = customer_id(source, F.concat(key, F.lit(f"{_AGAIN}{sequence}")))
    given = ids.select(F.col("customer_id").alias("fresh"), F.lit(True).alias("is_given"))
    won = winners.withColumnRenamed("customer_id", "winner")
    made = _changed_clusters(compared).withColumn("fresh", fresh)
    named = made.join(won, "cluster_id", "left").join(given, "fresh", "left")
    new = F.when(F.col("is_given"), again).otherwise(F.col("fresh"))
    is_split = F.col("most").isNotNull()
    first = F.when(is_split, unpacked("most", 2, of=3)).otherwise(F.col("least"))
    return named.select(
        "cluster_id",
        F.coalesce("winner", new).alias("customer_id"),
        _beginning(is_split).alias("begins"),
        F.col("winner").isNotNull().alias("is_known"),
        unpacked("most", 1, of=3).alias("origin"),
        first.alias("first"),
    )


def _beginning(is_split: Column) -> Column:
    """The event with which a customer begins; null where it lives on."""
    return (
        F.when(F.coalesce("is_living", F.lit(False)), F.lit(None).cast("string"))
        .when(is_split, F.lit("split"))
        .when(F.col("winner").isNotNull(), F.lit("restored"))
        .otherwise(F.lit("created"))
    )


def _changed_clusters(compared: DataFrame) -> DataFrame:
    """``cluster_id``, its ``least`` record, and where ``most`` of it was: records, customer, first record (packed)."""
    parts = (
        compared.where(F.col("changed") & F.col("cluster_id").isNotNull())
        .groupBy("cluster_id", "was")
        .agg(F.min(packed(*RECORD)).alias("first"), F.count("*").alias("records"))
    )
    best = packed(descending("records"), "was", "first")
    return parts.groupBy("cluster_id").agg(
        F.min("first").alias("least"), F.min(F.when(F.col("was").isNotNull(), best)).alias("most")
    )
