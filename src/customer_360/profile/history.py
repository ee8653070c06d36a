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
    current = history.where("is_current").select(
        F.col("customer_id").alias("was_customer_id"),
        F.col("valid_from").alias("was_valid_from"),
        *[F.col(name).alias(f"was_{name}") for name in former],
    )
    today = profile.withColumn("is_there", F.lit(True))
    both = today.join(current, F.col("customer_id") == F.col("was_customer_id"), "full_outer")
    is_new, is_gone = F.col("was_customer_id").isNull(), F.col("is_there").isNull()
    changed = both.where(is_new | is_gone | _differs(profile, attributes, former)).withColumn(
        "moment", _moment(run_time)
    )
    opened = changed.where("is_there").select(
        "customer_id",
        *attributes,
        F.col("moment").alias("valid_from"),
        F.lit(None).cast("timestamp").alias("valid_to"),
        F.lit(True).alias("is_current"),
    )
    closed = changed.where(~is_new).select(
        F.col("was_customer_id").alias("customer_id"),
        *[F.col(f"was_{name}").alias(name) for name in former],
        F.col("was_valid_from").alias("valid_from"),
        F.col("moment").alias("valid_to"),
        F.lit(False).alias("is_current"),
    )
    return opened.unionByName(closed, allowMissingColumns=True)


def _differs(profile: DataFrame, attributes: list[str], former: list[str]) -> Column:
    types = {field.name: field.dataType for field in profile.schema.fields}
    pairs = [
        (F.col(name), F.col(f"was_{name}") if name in former else F.lit(None).cast(types[name]))
        for name in attributes
    ]
    # one array, not a chain of ORs: the time that JVM Spark's optimiser takes doubles with every link of a chain
    return F.array_contains(F.array(*[~mine.eqNullSafe(theirs) for mine, theirs in pairs]), F.lit(True))


def _moment(run_time: datetime) -> Column:
    """The run's time, unless a clock that went back would make a version end before it began."""
    now = F.lit(run_time).cast("timestamp")
    after = F.timestamp_micros(F.unix_micros("was_valid_from") + F.lit(1))
    return F.greatest(now, after)  # of the two that are not null
