"""What was known of a customer when: the profile as a slowly changing dimension of type 2.

The state on a day is one filter::

    valid_from <= TIMESTAMP'2026-03-01' AND (valid_to > TIMESTAMP'2026-03-01' OR is_current)
"""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

KEYS = ("customer_id", "valid_from")
VALIDITY = ("valid_from", "valid_to", "is_current")
# What an empty history has; the other columns are those of the profile.
HISTORY_SCHEMA = "customer_id STRING, valid_from TIMESTAMP, valid_to TIMESTAMP, is_current BOOLEAN"


def changed_versions(profile: DataFrame, history: DataFrame, *, run_time: datetime) -> DataFrame:
    """The versions that the history lacks, and those that end: nothing where nothing changed.

    Write them in one step (an upsert by :data:`KEYS`): then a run that is killed has written all or nothing,
    and repeating it finds only what is missing.

    Args:
        profile: one row per customer of today.
        history: all versions so far; its columns may differ from the profile's where the configuration changed.
        run_time: start of this run, UTC.

    Returns:
        ``customer_id``, the columns of profile and history, ``valid_from, valid_to`` TIMESTAMP (null while it is
        current) and ``is_current`` BOOLEAN, unique by :data:`KEYS`. An attribute that the history does not have
        counts as unknown so far; one that the profile no longer has opens no version.
    """
    attributes = [name for name in profile.columns if name != "customer_id"]
    former = [name for name in history.columns if name not in ("customer_id", *VALIDITY)]
    current = history.where("is_current")
    changes = _changes(profile, current, attributes, former).withColumn("moment", _moment(run_time))
    begins = changes.where("is_there").select("customer_id", "moment")
    opened = profile.join(begins, "customer_id").select(
        "customer_id",
        *attributes,
        F.col("moment").alias("valid_from"),
        F.lit(None).cast("timestamp").alias("valid_to"),
        F.lit(True).alias("is_current"),
    )
    ends = changes.where(F.col("was_valid_from").isNotNull()).select("customer_id", "moment")
    closed = current.join(ends, "customer_id").select(
        "customer_id",
        *former,
        "valid_from",
        F.col("moment").alias("valid_to"),
        F.lit(False).alias("is_current"),
    )
    return opened.unionByName(closed, allowMissingColumns=True)


def _changes(profile: DataFrame, current: DataFrame, attributes: list[str], former: list[str]) -> DataFrame:
    """``customer_id, is_there, was_valid_from`` of customers whose current version is not today's profile.

    A fingerprint is compared, not column by column: over a join of all columns under two names, JVM Spark's
    optimiser takes twice as long with every column.
    """
    today = profile.select("customer_id", F.lit(True).alias("is_there"), _print(attributes).alias("now"))
    shared = [name for name in attributes if name in former]
    before = current.select(
        "customer_id", F.col("valid_from").alias("was_valid_from"), _print(shared).alias("before")
    )
    both = today.join(before, "customer_id", "full_outer")
    changed = both.where(~F.col("now").eqNullSafe(F.col("before")))
    return changed.select(
        "customer_id", F.coalesce("is_there", F.lit(False)).alias("is_there"), "was_valid_from"
    )


def _print(attributes: list[str]) -> Column:
    """What tells two profiles apart; a null leaves no trace, like an attribute that is not there."""
    return F.sha2(F.to_json(F.struct(*attributes)) if attributes else F.lit("{}"), 256)


def _moment(run_time: datetime) -> Column:
    """The run's time, unless a clock that went back would make a version end before it began."""
    now = F.lit(run_time).cast("timestamp")
    after = F.timestamp_micros(F.unix_micros("was_valid_from") + F.lit(1))
    return F.greatest(now, after)  # of the two that are not null
