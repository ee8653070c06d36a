"""Decisions of stewards in the log: which count from now on, which no longer, and what they explain."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.registry.events import shaped
from customer_360.registry.packed import ascending, packed, unpacked
from customer_360.schemas import DECISION_FIELDS, IDENTITY_DECISIONS

PAIR_OF_KEYS = ("left_source", "left_key", "right_source", "right_key")
DECISION_SCHEMA = IDENTITY_DECISIONS.ddl_of(DECISION_FIELDS)
_LAPSED = "lapsed"


def changed_decisions(events: DataFrame, decisions: DataFrame) -> DataFrame:
    """Decisions that count now and did not before, or the other way round.

    Args:
        events: the log.
        decisions: what counts now, unique by pair, the columns of :data:`DECISION_SCHEMA`.

    Returns:
        The pair's columns, ``now`` and ``before`` (``same``, ``different`` or null) and ``note``.
    """
    word = F.substring_index("reason", ":", 1)
    latest = (
        events.where(F.col("event") == "forced")
        .groupBy(
            F.col("source").alias("left_source"),
            F.col("source_key").alias("left_key"),
            F.col("other_source").alias("right_source"),
            F.col("other_source_key").alias("right_key"),
        )
        .agg(F.max(packed(ascending("sequence"), word)).alias("last"))
        .select(*PAIR_OF_KEYS, unpacked("last", 1, of=2).alias("before"))
        .where(F.col("before") != _LAPSED)
    )
    by = F.concat_ws(
        " ", F.concat(F.lit("by "), F.col("decided_by")), F.date_format("decided_at", "yyyy-MM-dd")
    )
    note = F.concat_ws(", ", F.when(by != "", by), "reason")
    now = decisions.select(*PAIR_OF_KEYS, F.col("decision").alias("now"), note.alias("note"))
    both = now.join(latest, [*PAIR_OF_KEYS], "full_outer")
    return both.where(~F.col("now").eqNullSafe(F.col("before")))


def override_events(changed: DataFrame, compared: DataFrame, assigned: DataFrame) -> DataFrame:
    """One event per changed decision, with the customers of its two records after this run."""
    today = compared.join(assigned.select("cluster_id", "customer_id"), "cluster_id", "left").select(
        "source",
        "source_key",
        F.when(F.col("changed"), F.col("customer_id")).otherwise(F.col("was")).alias("customer_id"),
    )
    left = today.toDF("left_source", "left_key", "left_customer")
    right = today.toDF("right_source", "right_key", "right_customer")
    placed = changed.join(left, ["left_source", "left_key"], "left").join(
        right, ["right_source", "right_key"], "left"
    )
    note = F.when(F.col("note") != "", F.col("note"))
    return shaped(
        placed,
        event=F.lit("forced"),
        customer_id=F.col("left_customer"),
        other_customer_id=F.col("right_customer"),
        source=F.col("left_source"),
        source_key=F.col("left_key"),
        other_source=F.col("right_source"),
        other_source_key=F.col("right_key"),
        reason=F.concat_ws(": ", F.coalesce("now", F.lit(_LAPSED)), note),
    )


def explained(changed: DataFrame, compared: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Merges and splits that a changed decision explains.

    Returns:
        ``customer_id, joined`` (why the customer was merged) and ``cluster_id, apart`` (why it was split off).
    """
    moved = compared.where("changed").select("source", "source_key", "was", "cluster_id")
    left = moved.toDF("left_source", "left_key", "left_was", "left_cluster")
    right = moved.toDF("right_source", "right_key", "right_was", "right_cluster")
    pairs = changed.join(left, ["left_source", "left_key"]).join(right, ["right_source", "right_key"])
    why = F.when(F.col("now").isNotNull(), F.concat(F.lit("decision: "), F.col("now"))).otherwise(
        F.concat(F.lit("decision lapsed: "), F.col("before"))
    )
    one = pairs.where(
        (F.col("left_was") != F.col("right_was")) & (F.col("left_cluster") == F.col("right_cluster"))
    ).withColumn("why", why)
    two = pairs.where(
        (F.col("left_was") == F.col("right_was")) & (F.col("left_cluster") != F.col("right_cluster"))
    ).withColumn("why", why)
    joined = _both(one, "left_was", "right_was", name="customer_id", value="joined")
    return joined, _both(two, "left_cluster", "right_cluster", name="cluster_id", value="apart")


def _both(frame: DataFrame, left: str, right: str, *, name: str, value: str) -> DataFrame:
    sides = [frame.select(F.col(side).alias(name), "why") for side in (left, right)]
    return sides[0].unionAll(sides[1]).groupBy(name).agg(F.min("why").alias(value))
