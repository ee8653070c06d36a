"""What was known of a customer when: the profile as a slowly changing dimension of type 2.

The state on a day is one filter::

    valid_from <= TIMESTAMP'2026-03-01' AND (valid_to > TIMESTAMP'2026-03-01' OR is_current)
"""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StringType

from customer_360.schemas import CUSTOMER_PROFILE_HISTORY

Types = dict[str, DataType]

KEYS = CUSTOMER_PROFILE_HISTORY.keys
VALIDITY = ("valid_from", "valid_to", "is_current")
# What an empty history has; the other columns are those of the profile.
PROFILE_HISTORY_SCHEMA = CUSTOMER_PROFILE_HISTORY.ddl


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
        counts as unknown so far; one that the profile no longer has stays, and opens no version. One whose type is
        another one now is kept as text from then on.
    """
    types = _types(profile, history)
    current = history.where("is_current")
    changes = _changes(profile, current, types).withColumn("moment", _moment(run_time))
    begins = changes.where("is_there").select("customer_id", "moment")
    opened = profile.join(begins, "customer_id").select(
        "customer_id",
        *_values(profile, types),
        F.col("moment").alias("valid_from"),
        F.lit(None).cast("timestamp").alias("valid_to"),
        F.lit(True).alias("is_current"),
    )
    ends = changes.where(F.col("was_valid_from").isNotNull()).select("customer_id", "moment")
    closed = current.join(ends, "customer_id").select(
        "customer_id",
        *_values(current, types),
        "valid_from",
        F.col("moment").alias("valid_to"),
        F.lit(False).alias("is_current"),
    )
    return opened.unionByName(closed)


def _types(profile: DataFrame, history: DataFrame) -> Types:
    """Type of every attribute that the profile has, or the history still has."""
    types = _attributes(history)
    spelt = {name.lower(): name for name in types}  # a table's columns are one whatever their case
    for name, now in _attributes(profile).items():
        known = spelt.get(name.lower(), name)
        same = known not in types or types[known].simpleString() == now.simpleString()
        types[known] = now if same else StringType()
    return types


def _attributes(frame: DataFrame) -> Types:
    return {
        field.name: field.dataType
        for field in frame.schema.fields
        if field.name not in ("customer_id", *VALIDITY)
    }


def _values(frame: DataFrame, types: Types) -> list[Column]:
    """All attributes in their types; null, of that type and not of none, where the frame has no such attribute."""
    there = {name.lower() for name in frame.columns}
    return [
        (F.col(name) if name.lower() in there else F.lit(None)).cast(kind).alias(name)
        for name, kind in types.items()
    ]


def _changes(profile: DataFrame, current: DataFrame, types: Types) -> DataFrame:
    """``customer_id, is_there, was_valid_from`` of customers whose current version is not today's profile.

    A fingerprint is compared, not column by column: over a join of all columns under two names, JVM Spark's
    optimiser takes twice as long with every column.
    """
    there = {name.lower() for name in profile.columns}
    shown = {name: kind for name, kind in types.items() if name.lower() in there}
    today = profile.select("customer_id", F.lit(True).alias("is_there"), _print(profile, shown).alias("now"))
    before = current.select(
        "customer_id", F.col("valid_from").alias("was_valid_from"), _print(current, shown).alias("before")
    )
    both = today.join(before, "customer_id", "full_outer")
    changed = both.where(~F.col("now").eqNullSafe(F.col("before")))
    return changed.select(
        "customer_id", F.coalesce("is_there", F.lit(False)).alias("is_there"), "was_valid_from"
    )


def _print(frame: DataFrame, types: Types) -> Column:
    """What tells two profiles apart; a null leaves no trace, like an attribute that is not there."""
    return F.sha2(F.to_json(F.struct(*_values(frame, types))) if types else F.lit("{}"), 256)


def _moment(run_time: datetime) -> Column:
    """The run's time, unless a clock that went back would make a version end before it began."""
    now = F.lit(run_time).cast("timestamp")
    after = F.timestamp_micros(F.unix_micros("was_valid_from") + F.lit(1))
    return F.greatest(now, after)  # of the two that are not null
