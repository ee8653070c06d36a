"""What happened, as rows of the log."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from customer_360.registry.log import RECORD
from customer_360.registry.packed import packed

# One event, before it gets its number, run and id.
SHAPE = (
    "event", "customer_id", "other_customer_id", "source", "source_key", "other_source", "other_source_key",
    "reason",
)  # fmt: skip


def shaped(frame: DataFrame, **columns: Column) -> DataFrame:
    """One event per row, of these columns; what is not given is null."""
    nothing = F.lit(None).cast("string")
    return frame.select(*[columns.get(name, nothing).cast("string").alias(name) for name in SHAPE])


def record_events(compared: DataFrame, assigned: DataFrame, reasons: DataFrame) -> DataFrame:
    """Every move of a record: into a customer that begins, into one that lives on, or to nobody.

    Args:
        compared: as :func:`.former_customers.customers_so_far` returns it.
        assigned: as :func:`.assign.assign` returns it.
        reasons: ``cluster_id, apart`` (why the cluster was split off, if a decision did it).
    """
    placed = (
        compared.where("changed").join(assigned, "cluster_id", "left").join(reasons, "cluster_id", "left")
    )
    was, to = F.col("was"), F.col("customer_id")
    begins = F.col("begins").isNotNull() & (packed(*RECORD) == F.col("first"))
    event = (
        F.when(F.col("cluster_id").isNull(), F.lit("left"))
        .when(begins, F.col("begins"))
        .when(was.isNull() | (was != to), F.lit("absorbed"))
    )
    undone = F.when(F.col("is_known"), F.lit("undoes a merge")).otherwise(F.lit("resolved apart"))
    reason = (
        F.when(event == "left", F.lit("gone from its source, or nobody's"))
        .when(event == "created", F.lit("new records"))
        .when(event == "restored", F.lit("its records are back"))
        .when(event == "split", F.coalesce("apart", undone))
        .when(was.isNull(), F.lit("new record"))
        .otherwise(F.lit("resolved here"))
    )
    moved = placed.withColumns({"event": event, "reason": reason}).where(F.col("event").isNotNull())
    is_left = F.col("event") == "left"
    return shaped(
        moved,
        event=F.col("event"),
        customer_id=F.when(is_left, was).otherwise(to),
        other_customer_id=F.when(~is_left, was),
        source=F.col("source"),
        source_key=F.col("source_key"),
        reason=F.col("reason"),
    )


def ending_events(assigned: DataFrame, claimed: DataFrame, ids: DataFrame, reasons: DataFrame) -> DataFrame:
    """Customers that end (merged, retired), and ended ones whose records or whose customer moved on.

    Args:
        assigned: as :func:`.assign.assign` returns it.
        claimed: as :func:`.claims.claimed_clusters` returns it.
        ids: as :func:`.log.customers` returns it.
        reasons: ``customer_id, joined`` (why it was merged, if a decision did it).
    """
    known = _with_targets(ids, assigned, claimed)
    living, target = F.col("status") == "living", F.col("target")
    follows = ~living & target.isNull() & (F.col("family_target") != F.col("merged_into"))
    points_there = (F.col("status") == "merged") & target.eqNullSafe(F.col("merged_into"))
    event = F.when(follows | ((target != F.col("customer_id")) & ~points_there), F.lit("merged")).when(
        living & F.col("has_claim") & target.isNull(), F.lit("retired")
    )
    ended = known.withColumn("event", event).where(F.col("event").isNotNull())
    reason = (
        F.when(F.col("event") == "retired", F.lit("no records any more"))
        .when(living, F.coalesce("joined", F.lit("resolved as one")))
        .when(target.isNotNull(), F.lit("its records are there"))
        .otherwise(F.concat(F.lit("follows "), F.col("merged_into")))
    )
    is_merged = F.col("event") == "merged"
    return shaped(
        ended.join(reasons, "customer_id", "left"),
        event=F.col("event"),
        customer_id=F.col("customer_id"),
        other_customer_id=F.when(is_merged, F.coalesce("target", "family_target")),
        reason=reason,
    )


def _with_targets(ids: DataFrame, assigned: DataFrame, claimed: DataFrame) -> DataFrame:
    """The ids, and the customer of today (``target``) that each id's records, and its family's, are in."""
    today = assigned.select("cluster_id", F.col("customer_id").alias("target"))
    placed = claimed.join(today, "cluster_id", "left").select(
        "customer_id",
        F.lit(True).alias("has_claim"),
        "changed",
        F.when(F.col("cluster_id").isNotNull(), F.coalesce("target", "place")).alias("target"),
    )
    family = F.coalesce("merged_into", "customer_id")
    known = ids.join(placed, "customer_id", "left").withColumn("family", family)
    # where no record moved, no ended id does: else a repeated run would tell the same clusters anew
    moved = (F.col("status") == "living") | F.coalesce("changed", F.lit(False))
    known = known.withColumn("target", F.when(moved, F.col("target")))
    head = F.when(F.col("customer_id") == F.col("family"), F.col("target"))
    return known.withColumn("family_target", F.max(head).over(Window.partitionBy("family")))
