"""Whether a pull that calls itself complete can be: what is missing from it, and keys that it repeats."""

from __future__ import annotations

import logging

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from customer_360.bronze.change_log import current_records
from customer_360.bronze.keys import GIVEN, REPEATED
from customer_360.foundation import noun

logger = logging.getLogger(__name__)

# So many, and more than this share of them, do not go at the end by chance.
_CUT_OFF_RECORDS = 5
_CUT_OFF_SHARE = 0.02
_UNREADABLE = '{"_malformed":'


class SourceShrankError(RuntimeError):
    """A complete pull lost more records than the configured share: more likely a fault than a clean-up."""


class RepeatedKeyError(RuntimeError):
    """A source whose keys are unique delivered a key twice: it changed while it was being read."""


def check_pull(
    records: DataFrame, log: DataFrame, *, table: str, unique_keys: bool, max_deleted_share: float
) -> None:
    """Stop before anything is written when a pull that calls itself complete cannot be.

    Args:
        records: the pull, as :func:`.change_log.keyed_records` returns it.
        log: the bronze table before this run.
        table: name of the table, for the message.
        unique_keys: the source never repeats a key.
        max_deleted_share: share (0 to 1) of the known records that may be gone at once.

    Raises:
        SourceShrankError: more known records are gone than allowed.
        RepeatedKeyError: ``unique_keys`` and a key stands on two different records.
    """
    row = _counts(records, log)
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
    _refuse_a_loss(row, table, max_deleted_share)
    _warn(row, table)


def _counts(records: DataFrame, log: DataFrame) -> Row:
    """What the pull and the known records have in common, and what not, counted in one job."""
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
    return counts.collect()[0]


def _refuse_a_loss(row: Row, table: str, max_deleted_share: float) -> None:
    """Raises SourceShrankError: more known records are gone than may be at once, or just those at the end."""
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


def _warn(row: Row, table: str) -> None:
    """Tell what goes, and what keys leave in doubt."""
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
