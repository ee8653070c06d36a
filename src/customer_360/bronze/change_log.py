"""Bronze as a change log: its rows, the last known state of every record, and records that say that they are gone."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze.keys import field_text
from customer_360.schemas import BRONZE

BRONZE_COLUMNS = BRONZE.names
_DIGITS = 20
_NOT_DELETED = ("false", "0", "no", "n", "f", "null")


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
    return latest_rows(log).where(F.col("operation") != "delete").drop("operation")


def latest_rows(rows: DataFrame) -> DataFrame:
    """The latest row of every key of a log, deletions too.

    Args:
        rows: ``source_key, ingested_at, run_id`` and others.
    """
    # run_id breaks the tie of two runs within one microsecond. A text: the greatest of structs takes Sail 25 x as long
    micros = F.coalesce(F.unix_micros("ingested_at"), F.lit(0)).cast("string")
    order = F.concat(F.lpad(micros, _DIGITS, "0"), F.coalesce("run_id", F.lit("")))
    others = [name for name in rows.columns if name != "source_key"]
    last = [F.max_by(name, order).alias(name) for name in others]
    return rows.groupBy("source_key").agg(*last).select(*rows.columns)
