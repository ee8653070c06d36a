"""What other clusters would change, before anything is written."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from customer_360.registry import RECORD, customers_so_far

KINDS = ("unchanged", "grown", "shrunk", "merged", "split", "regrouped", "gone", "new")


def clusters_diff(crosswalk: DataFrame, clusters: DataFrame) -> DataFrame:
    """Compare today's customers with clusters that another model, or other data, would give.

    Args:
        crosswalk: ``customer_id, source, source_key``, today's.
        clusters: ``source, source_key, cluster_id``, unique by record.

    Returns:
        One row per customer, and one per cluster that has no record of any: ``kind``, ``customer_id`` (null for
        ``new``), ``cluster_id`` (of ``new``, else null), ``records`` (so far; of a new cluster: then), ``parts``
        (clusters that its records would be in) and ``with_customers`` (ids, sorted, of the customers that it
        would share a cluster with).
        ``kind`` is ``unchanged``; ``grown`` (new records join), ``shrunk`` (records go to nobody), ``merged``
        (shares a cluster), ``split`` (several parts), ``regrouped`` (both), ``gone`` or ``new``.
    """
    before = crosswalk.select("customer_id", *RECORD, F.lit(None).cast("bigint").alias("joined"))
    compared = customers_so_far(before, clusters)
    pairs = compared.groupBy("was", "cluster_id").agg(
        F.count("*").alias("records"), F.max("changed").alias("changed")
    )
    of_cluster = (
        pairs.where(F.col("cluster_id").isNotNull())
        .groupBy("cluster_id")
        .agg(
            F.collect_set("was").alias("customers"),
            F.max(F.col("was").isNull()).alias("has_new"),
            F.sum("records").alias("size"),
        )
    )
    return _former_customers(pairs, of_cluster).unionAll(_new_customers(of_cluster))


def _former_customers(pairs: DataFrame, of_cluster: DataFrame) -> DataFrame:
    """Today's customers, and what would become of each."""
    by_customer = (
        pairs.where(F.col("was").isNotNull())
        .join(of_cluster, "cluster_id", "left")
        .groupBy("was")
        .agg(
            F.sum("records").alias("records"),
            F.count("cluster_id").alias("parts"),
            F.max("changed").alias("changed"),
            F.max(F.col("cluster_id").isNull()).alias("has_lost"),
            F.flatten(F.collect_list("customers")).alias("all_customers"),
        )
    )
    others = F.array_sort(F.array_remove(F.array_distinct("all_customers"), F.col("was")))
    old = by_customer.withColumn("with_customers", F.coalesce(others, F.array().cast("array<string>")))
    merged, split = F.size("with_customers") > 0, F.col("parts") > 1
    kind = (
        F.when(~F.col("changed"), "unchanged")
        .when(F.col("parts") == 0, "gone")
        .when(merged & split, "regrouped")
        .when(merged, "merged")
        .when(split, "split")
        .when(F.col("has_lost"), "shrunk")
        .otherwise("grown")
    )
    return old.select(
        kind.alias("kind"),
        F.col("was").alias("customer_id"),
        F.lit(None).cast("string").alias("cluster_id"),
        "records",
        "parts",
        "with_customers",
    )


def _new_customers(of_cluster: DataFrame) -> DataFrame:
    """Clusters without a record of any customer."""
    return of_cluster.where(F.size("customers") == 0).select(
        F.lit("new").alias("kind"),
        F.lit(None).cast("string").alias("customer_id"),
        "cluster_id",
        F.col("size").alias("records"),
        F.lit(1).cast("bigint").alias("parts"),
        F.col("customers").alias("with_customers"),
    )


def diff_summary(diff: DataFrame) -> DataFrame:
    """``kind, customers, records``: how many of each kind."""
    return diff.groupBy("kind").agg(F.count("*").alias("customers"), F.sum("records").alias("records"))


def diff_examples(diff: DataFrame, *, each: int = 3) -> DataFrame:
    """Of every kind but ``unchanged`` the customers with the most records, at most ``each``."""
    largest = Window.partitionBy("kind").orderBy(F.desc("records"), "customer_id", "cluster_id")
    return (
        diff.where(F.col("kind") != "unchanged")
        .withColumn("rank", F.row_number().over(largest))
        .where(F.col("rank") <= each)
        .drop("rank")
    )


def diff_members(shown: DataFrame, crosswalk: DataFrame, clusters: DataFrame, *, each: int = 4) -> DataFrame:
    """The records that examples are about: their customers', and those that would join them.

    Args:
        shown: :func:`diff_examples`.
        crosswalk, clusters: as for :func:`clusters_diff`.
        each: records, at most, of one customer in one cluster.

    Returns:
        ``customer_id`` (today's, null: none), ``cluster_id`` (then, null: none), ``source, source_key``, and how
        many ``records`` there are of that customer in that cluster.
    """
    both = crosswalk.select("customer_id", *RECORD).join(
        clusters.select("cluster_id", *RECORD), [*RECORD], "full_outer"
    )
    asked = shown.select("customer_id").where(F.col("customer_id").isNotNull())
    mine = both.join(asked, "customer_id", "left_semi").select("customer_id", "cluster_id", *RECORD)
    touched = mine.select("cluster_id").unionAll(shown.select("cluster_id"))
    touched = touched.where(F.col("cluster_id").isNotNull()).distinct()
    every = mine.where(F.col("cluster_id").isNull()).unionByName(
        both.join(touched, "cluster_id", "left_semi")
    )
    of_group = Window.partitionBy("customer_id", "cluster_id")
    first = of_group.orderBy("source", F.length("source_key"), "source_key")
    counted = every.withColumns({"records": F.count("*").over(of_group), "rank": F.row_number().over(first)})
    return counted.where(F.col("rank") <= each).drop("rank")
