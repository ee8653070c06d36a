"""The customers of the log beside the clusters of today."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.registry.log import RECORD


def customers_so_far(members: DataFrame, clusters: DataFrame) -> DataFrame:
    """Put each record's customer beside its cluster, and tell which of them nothing happened to.

    Args:
        members: ``source, source_key, customer_id, joined``, unique by record.
        clusters: ``source, source_key, cluster_id``, unique by record; the label means nothing else.

    Returns:
        ``source, source_key, was`` (customer so far, null: a new record), ``joined``, ``cluster_id`` (null:
        the record is nobody's now) and ``changed``: false where the customer's records are exactly those of
        the cluster. Customers and clusters that share records are changed together or not at all.
    """
    before = members.select(*RECORD, F.col("customer_id").alias("was"), "joined")
    both = before.join(clusters.select(*RECORD, "cluster_id"), [*RECORD], "full_outer")
    unchanged_ids = _unchanged(both, of="was", other="cluster_id")
    unchanged_clusters = _unchanged(both, of="cluster_id", other="was")
    unchanged = unchanged_ids.join(unchanged_clusters, ["was", "cluster_id"]).select(
        "was", F.lit(True).alias("unchanged")
    )
    return both.join(unchanged, "was", "left").select(
        *RECORD, "was", "joined", "cluster_id", F.col("unchanged").isNull().alias("changed")
    )


def _unchanged(both: DataFrame, *, of: str, other: str) -> DataFrame:
    """Those of one kind whose records all belong to the same one of the other kind."""
    return (
        both.where(F.col(of).isNotNull())
        .groupBy(of)
        .agg(
            F.min(other).alias("first"),
            F.max(other).alias("last"),
            F.max(F.col(other).isNull().cast("int")).alias("loose"),
        )
        .where((F.col("first") == F.col("last")) & (F.col("loose") == 0))
        .select(of, F.col("first").alias(other))
    )
