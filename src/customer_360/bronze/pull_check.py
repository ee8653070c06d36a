"""Whether a pull that calls itself complete can be: what is missing from it, and keys that it repeats."""

from __future__ import annotations

import logging
from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from customer_360.bronze.keys import GIVEN, REPEATED
from customer_360.foundation import noun

logger = logging.getLogger(__name__)

# So many, and more than this share of them, do not go at the end by chance.
_CUT_OFF_RECORDS = 5
_CUT_OFF_SHARE = 0.02


class SourceShrankError(RuntimeError):
    """A complete pull lost more records than the configured share: more likely a fault than a clean-up."""


class RepeatedKeyError(RuntimeError):
    """A source whose keys are unique delivered a key twice: it changed while it was being read."""


def check_pull(
    changes: DataFrame, known: DataFrame, *, table: str, unique_keys: bool, max_deleted_share: float
) -> None:
    """Stop before anything is written when a pull that calls itself complete cannot be.

    Args:
        changes: what the pull changes, as :func:`.pull.pull_changes` returns it.
        known: what the log last said of every key, before this run.
        table: name of the table, for the message.
        unique_keys: the source never repeats a key.
        max_deleted_share: share (0 to 1) of the known records that may be gone at once.

    Raises:
        SourceShrankError: more known records are gone than allowed.
        RepeatedKeyError: ``unique_keys`` and a key stands on two different records.
    """
    row = _counts(changes, known)
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
    if row["gone"]:
        _refuse_a_loss(row, changes, known, table=table, max_deleted_share=max_deleted_share)
    _warn(row, table)


def _counts(changes: DataFrame, known: DataFrame) -> Row:
    """What the changes are, and how many records were known, counted in one job."""
    # rows that could not be read are no known records: the file that is mended may do without them
    is_gone = (F.col("operation") == "delete") & F.col("was_readable")
    key = F.when(F.col("operation") != "delete", F.col("source_key"))
    counts = changes.agg(
        F.count_if(is_gone).alias("gone"),
        F.count_if(F.col("key_kind") == REPEATED).alias("repeated"),
        F.count_if("key_in_doubt").alias("in_doubt"),
        (F.count(key) - F.count_distinct(key) + F.count_if("key_is_taken")).alias("taken"),
    )
    before = known.agg(F.count_if(~F.col("is_gone") & F.col("is_readable")).alias("known"))
    return counts.crossJoin(before).collect()[0]


def _refuse_a_loss(
    row: Row, changes: DataFrame, known: DataFrame, *, table: str, max_deleted_share: float
) -> None:
    """Raises SourceShrankError: more known records are gone than may be at once, or just those at the end."""
    if row["known"] and row["gone"] / row["known"] > max_deleted_share:
        raise SourceShrankError(
            f"{table}: {row['gone']} of {row['known']} known records are missing from this pull, more than "
            f"the allowed share of {max_deleted_share:.0%}; nothing was written. If they really are gone, "
            "run once with --params ingestion.max_deleted_share=1."
        )
    if max_deleted_share < 1 and _may_be_cut_off(row) and _looks_cut_off(changes, known):
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


def _may_be_cut_off(row: Row) -> bool:
    """Whether so many records went that it is worth looking which."""
    return bool(row["gone"] >= _CUT_OFF_RECORDS and row["gone"] / row["known"] > _CUT_OFF_SHARE)


def _looks_cut_off(changes: DataFrame, known: DataFrame) -> bool:
    """Whether a pull lacks the end of what was known, and nothing else: as if a file had been cut."""
    gone = changes.where(F.col("operation") == "delete").select("source_key", "was_readable")
    is_given = F.col("given_key") == F.col("source_key")
    before = known.where(~F.col("is_gone")).select("source_key", is_given.alias("is_given"))
    stayed = before.join(gone, "source_key", "left_anti").where("is_given").select("source_key")
    came = changes.where(F.col("key_kind") == GIVEN).select("source_key")
    there = stayed.unionByName(came).agg(*_ends(F.max, "last"))
    lost = gone.where("was_readable").agg(*_ends(F.min, "first"))
    ends = there.crossJoin(lost).collect()[0]
    pairs = [(ends[f"last_{name}"], ends[f"first_{name}"]) for name in ("number", "text")]
    return any(last is not None and first is not None and last < first for last, first in pairs)


def _ends(greatest_or_least: Callable[[Column], Column], name: str) -> list[Column]:
    """The last or first key in the orders in which sources sort their records: as numbers, and as texts."""
    key = F.col("source_key")
    # numbers of one length sort as texts do
    number = F.concat(F.lpad(F.length(key).cast("string"), 9, "0"), key)
    return [
        greatest_or_least(order).alias(f"{name}_{kind}")
        for kind, order in {"number": number, "text": key}.items()
    ]
