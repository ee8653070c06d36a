"""Bronze as a change log: what changed between the last known records of a source and a complete pull of it."""

from __future__ import annotations

import logging
from datetime import datetime

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from customer_360.bronze.keys import GIVEN, REPEATED, assign_keys, field_text
from customer_360.foundation import noun
from customer_360.schemas import BRONZE

logger = logging.getLogger(__name__)

BRONZE_COLUMNS = BRONZE.names

# So many, and more than this share of them, do not go at the end by chance.
_CUT_OFF_RECORDS = 5
_CUT_OFF_SHARE = 0.02
_UNREADABLE = '{"_malformed":'
_NOT_DELETED = ("false", "0", "no", "n", "f", "null")


class SourceShrankError(RuntimeError):
    """A complete pull lost more records than the configured share: more likely a fault than a clean-up."""


class RepeatedKeyError(RuntimeError):
    """A source whose keys are unique delivered a key twice: it changed while it was being read."""


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


def check_pull(
    records: DataFrame, log: DataFrame, *, table: str, unique_keys: bool, max_deleted_share: float
) -> None:
    """Stop before anything is written when a pull that calls itself complete cannot be.

    Args:
        records: the pull, as :func:`keyed_records` returns it.
        log: the bronze table before this run.
        table: name of the table, for the message.
        unique_keys: the source never repeats a key.
        max_deleted_share: share (0 to 1) of the known records that may be gone at once.

    Raises:
        SourceShrankError: more known records are gone than allowed.
        RepeatedKeyError: ``unique_keys`` and a key stands on two different records.
    """
    # rows that could not be read are no known records: the file that is mended may do without them
    readable = ~F.coalesce(F.col("payload").startswith(_UNREADABLE), F.lit(False))
    known = current_records(log).where(readable).select(F.col("source_key").alias("known_key"))
    keys = records.select(
        "source_key",
        (F.col("key_kind") == REPEATED).alias("repeated"),
        F.col("key_in_doubt").alias("in_doubt"),
        (F.col("key_kind") == GIVEN).alias("given"),
    )
    counts = known.join(keys, known["known_key"] == keys["source_key"], "full_outer").agg(
        F.count("known_key").alias("known"),
        F.count_if(F.col("source_key").isNull()).alias("gone"),
        F.count_if("repeated").alias("repeated"),
        *_ends_of_keys(),
        F.count_if("in_doubt").alias("in_doubt"),
        (F.count("source_key") - F.count_distinct("source_key")).alias("taken"),
    )
    row = counts.collect()[0]
    if unique_keys and row["repeated"]:
        raise RepeatedKeyError(
            f"{table}: {row['repeated']} {noun(row['repeated'], 'record repeats', 'records repeat')} the key of a "
            "different record. The source changed while it was being read; nothing was written. Run again."
        )
    if row["taken"]:
        raise RepeatedKeyError(
            f"{table}: {row['taken']} records would get a key that another record has; nothing was written. "
            "Some keys of the source end as a made-up key does, in a hash sign and 64 digits: change them."
        )
    if row["known"] and row["gone"] / row["known"] > max_deleted_share:
        raise SourceShrankError(
            f"{table}: {row['gone']} of {row['known']} known records are missing from this pull, more than "
            f"the allowed share of {max_deleted_share:.0%}; nothing was written. If they really are gone, "
            "run once with --params ingestion.max_deleted_share=1."
        )
    if max_deleted_share < 1 and _looks_cut_off(row):
        raise SourceShrankError(
            f"{table}: {row['gone']} of {row['known']} known records are missing from this pull, and all of them "
            "come after the last key that is there: it looks cut off at its end; nothing was written. If they really "
            "are gone, run once with --params ingestion.max_deleted_share=1."
        )
    if row["gone"]:
        logger.warning(
            "%s: %s of %s known records %s deleted.",
            table,
            f"{row['gone']:,}",
            f"{row['known']:,}",
            noun(
                row["gone"],
                "is no longer in the source: it counts as",
                "are no longer in the source: they count as",
            ),
        )
    if row["in_doubt"]:
        logger.warning(
            "%s: %d records share their key with others and changed together, so it cannot be told which was "
            "which. No known key was handed on: each got a key of its own (rule repeated_key). Correct the "
            "keys in the source.",
            table,
            row["in_doubt"],
        )


def _ends_of_keys() -> list[Column]:
    """The last key that is there and the first that is gone, in the orders in which sources sort their records."""
    there, gone = F.col("source_key").isNotNull() & F.col("given"), F.col("source_key").isNull()
    as_number = F.struct(
        F.length(F.coalesce("source_key", "known_key")), F.coalesce("source_key", "known_key")
    )
    as_text = F.coalesce("source_key", "known_key")
    orders = {"number": as_number, "text": as_text}
    return [
        column
        for name, key in orders.items()
        for column in (
            F.max(F.when(there, key)).alias(f"last_{name}"),
            F.min(F.when(gone, key)).alias(f"first_{name}"),
        )
    ]


def _looks_cut_off(row: Row) -> bool:
    """Whether a pull lacks the end of what was known, and nothing else: as if a file had been cut."""
    if row["gone"] < _CUT_OFF_RECORDS or row["gone"] / row["known"] <= _CUT_OFF_SHARE:
        return False
    ends = [(row[f"last_{name}"], row[f"first_{name}"]) for name in ("number", "text")]
    return any(last is not None and first is not None and last < first for last, first in ends)


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
    known = _latest_rows(log).select(
        F.col("source_key").alias("known_key"),
        F.col("payload_hash").alias("known_hash"),
        F.col("origin").alias("known_origin"),
        F.col("ingested_at").alias("known_time"),
        (F.col("operation") == "delete").alias("is_gone"),
    )
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
