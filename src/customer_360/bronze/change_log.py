"""Bronze as a change log: what changed between the last known records of a source and a complete pull of it."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze.keys import assign_keys, field_text
from customer_360.schemas import BRONZE

BRONZE_COLUMNS = BRONZE.names
_NOT_DELETED = ("false", "0", "no", "n", "f", "null")


def keyed_records(source: DataFrame, *, key_field: str, log: DataFrame | None = None) -> DataFrame:
    """Give every source record its key and hash; identical repetitions of a record collapse into one.

    Args:
        source: ``payload STRING`` (one JSON record), ``origin STRING``.
        key_field: name of the record's top-level field that holds its key (:func:`.keys.given_key`).
        log: the bronze table before this run: a record keeps the key that it has there (:func:`.keys.assign_keys`).
            None where keys are unique, so that there is nothing to tell apart.

    Returns:
        ``source_key, payload, payload_hash, origin, key_kind, key_in_doubt``, unique by ``source_key``.
    """
    return assign_keys(source, None if log is None else current_records(log), key_field=key_field)


def without_deleted(source: DataFrame, *, deleted_field: str | None) -> DataFrame:
    """Leave out records that say that they are deleted: to the log they are as good as missing.

    Args:
        source: ``payload STRING`` (one JSON record), ``origin STRING``.
        deleted_field: top-level field that says so by any value but a blank, false, 0, no, n or f: true, a time.
            None: no record says so.
    """
    if deleted_field is None:
        return source
    said = F.lower(F.trim(field_text(F.col("payload"), deleted_field)))
    return source.where(said.isNull() | said.isin("", *_NOT_DELETED))


def current_records(log: DataFrame) -> DataFrame:
    """The last known state of every record: its latest row in the log, unless that is a deletion.

    Args:
        log: bronze table, the columns of :data:`BRONZE_COLUMNS`.

    Returns:
        ``source_key, payload, payload_hash, origin, run_id, ingested_at``, unique by ``source_key``.
    """
    return _latest_rows(log).where(F.col("operation") != "delete").drop("operation")


def _latest_rows(log: DataFrame) -> DataFrame:
    """The latest row of every key, deletions too."""
    values = ("run_id", "payload", "payload_hash", "operation", "origin")
    # run_id breaks the tie of two runs within one microsecond
    last = F.max(F.struct("ingested_at", *values)).alias("last")
    names = ("payload", "payload_hash", "operation", "origin", "run_id", "ingested_at")
    return (
        log.groupBy("source_key")
        .agg(last)
        .select("source_key", *[F.col(f"last.{name}").alias(name) for name in names])
    )


def detect_changes(records: DataFrame, log: DataFrame, *, run_id: str, run_time: datetime) -> DataFrame:
    """Compare a complete pull with the log and return the rows to append: only what is new, changed or gone.

    Args:
        records: the pull, as :func:`keyed_records` returns it.
        log: the bronze table before this run.
        run_id: id of this run.
        run_time: start of this run, UTC.

    Returns:
        Rows in the shape of :data:`BRONZE_COLUMNS`; a deletion has neither payload nor hash. ``ingested_at`` is the
        run's time, or just after the key's last row where another machine's clock was ahead: the new row
        must be the latest.
    """
    known = _last_known(log)
    pulled = records.withColumnRenamed("source_key", "pulled_key")
    joined = pulled.join(known, F.col("pulled_key") == F.col("known_key"), "full_outer")
    unknown = F.col("known_key").isNull() | F.col("is_gone")
    operation = (
        F.when(F.col("pulled_key").isNotNull() & unknown, F.lit("insert"))
        .when(F.col("pulled_key").isNull() & ~F.col("is_gone"), F.lit("delete"))
        .when(F.col("payload_hash") != F.col("known_hash"), F.lit("update"))
    )
    return (
        joined.withColumn("operation", operation)
        .where(F.col("operation").isNotNull())
        .select(
            F.coalesce("pulled_key", "known_key").alias("source_key"),
            "payload",
            "payload_hash",
            "operation",
            F.coalesce("origin", "known_origin").alias("origin"),
            F.lit(run_id).alias("run_id"),
            F.greatest(
                F.lit(run_time).cast("timestamp"), F.col("known_time") + F.expr("INTERVAL '1' MICROSECOND")
            ).alias("ingested_at"),
        )
    )


def _last_known(log: DataFrame) -> DataFrame:
    """What the log last said of every key, in columns that a pull does not have."""
    return _latest_rows(log).select(
        F.col("source_key").alias("known_key"),
        F.col("payload_hash").alias("known_hash"),
        F.col("origin").alias("known_origin"),
        F.col("ingested_at").alias("known_time"),
        (F.col("operation") == "delete").alias("is_gone"),
    )
