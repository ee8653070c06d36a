"""Reconciliation of linking: every silver record is in exactly one of crosswalk and unlinked records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.parameters import ANCHOR_METHOD

_PLACES = ("silver", "linked", "unlinked")
_FAULTS = {
    "lost": "in neither of the two",
    "repeated": "in them more than once",
    "invented": "in them but not in silver",
    "duplicated": "more than once in silver",
}

_Counts = dict[str, Any]
ReportLine = tuple[str, str, str | None, int]
"""Source, metric, reason and records: a row of the run report."""


class UnaccountedRecordsError(RuntimeError):
    """Some silver record is not in exactly one of crosswalk and unlinked records."""


def reconcile_links(
    sources: Mapping[str, DataFrame], crosswalk: DataFrame, unlinked: DataFrame, *, anchor: str
) -> list[ReportLine]:
    """Count what became of each source's records, and check that none was lost or counted twice.

    Args:
        sources: silver frames by source name.
        crosswalk: ``customer_id, source, source_key, method, confidence``.
        unlinked: ``source, source_key, reason``.
        anchor: the source whose records are the customers.

    Returns:
        ``(source, metric, reason, records)``, a few rows for each source, whatever the size of the data:
        ``linked`` (reason null: all that are linked), ``linked_by`` (reason: the rule's name, or ``anchor``)
        and ``unlinked`` (reason: why, or ``own_customer`` for records that link to nobody and make a
        customer of their own; those are in the crosswalk, all others in the unlinked records). For every
        source: silver records = ``linked`` + all ``unlinked``.

    Raises:
        UnaccountedRecordsError: naming the sources and the numbers.
    """
    counted = (
        _outcome_of_each(sources, crosswalk, unlinked)
        .groupBy("source", "outcome", "reason")
        .agg(
            F.count("*").alias("keys"),
            F.sum("silver").alias("silver"),
            F.sum(F.when(F.col("linked") + F.col("unlinked") == 0, 1).otherwise(0)).alias("lost"),
            F.sum(F.when(F.col("linked") + F.col("unlinked") > 1, 1).otherwise(0)).alias("repeated"),
            F.sum(F.when(F.col("silver") == 0, 1).otherwise(0)).alias("invented"),
            F.sum(F.when(F.col("silver") > 1, 1).otherwise(0)).alias("duplicated"),
        )
    )
    rows = [row.asDict() for row in counted.collect()]
    _raise_if_unaccounted(rows)
    return [line for source in sorted(sources) for line in _lines(source, rows, is_anchor=source == anchor)]


def _lines(source: str, rows: Sequence[_Counts], *, is_anchor: bool) -> list[ReportLine]:
    linked: dict[str, int] = {}
    unlinked: dict[str, int] = {}
    for row in rows:
        if row["source"] != source:
            continue
        own = row["reason"] == ANCHOR_METHOD and not is_anchor
        to = linked if row["outcome"] == "linked" and not own else unlinked
        to["own_customer" if own else row["reason"]] = row["keys"]
    return [
        (source, "linked", None, sum(linked.values())),
        *[(source, "linked_by", reason, records) for reason, records in sorted(linked.items())],
        *[(source, "unlinked", reason, records) for reason, records in sorted(unlinked.items())],
    ]


def _outcome_of_each(
    sources: Mapping[str, DataFrame], crosswalk: DataFrame, unlinked: DataFrame
) -> DataFrame:
    """``source, source_key, silver, linked, unlinked, outcome, reason``: how often each key stands where."""
    entries = [_entries(frame, source=F.lit(name), counts=(1, 0, 0)) for name, frame in sources.items()]
    of_row = F.col("source")
    entries += [
        _entries(crosswalk, source=of_row, counts=(0, 1, 0), outcome="linked", reason="method"),
        _entries(unlinked, source=of_row, counts=(0, 0, 1), outcome="unlinked", reason="reason"),
    ]
    return (
        reduce(DataFrame.unionAll, entries)
        .groupBy("source", "source_key")
        .agg(
            *[F.sum(name).alias(name) for name in _PLACES],
            F.max("outcome").alias("outcome"),
            F.max("reason").alias("reason"),
        )
    )


def _entries(
    frame: DataFrame,
    *,
    source: Column,
    counts: tuple[int, int, int],
    outcome: str | None = None,
    reason: str | None = None,
) -> DataFrame:
    return frame.select(
        source.alias("source"),
        "source_key",
        *[F.lit(count).alias(name) for name, count in zip(_PLACES, counts, strict=True)],
        F.lit(outcome).cast("string").alias("outcome"),
        (F.col(reason) if reason else F.lit(None)).cast("string").alias("reason"),
    )


def _raise_if_unaccounted(rows: Sequence[_Counts]) -> None:
    problems = []
    for source in sorted({row["source"] for row in rows}):
        total = {
            name: sum(row[name] for row in rows if row["source"] == source) for name in ("silver", *_FAULTS)
        }
        faults = [f"{total[name]} {text}" for name, text in _FAULTS.items() if total[name]]
        if faults:
            problems.append(f"{source}: of {total['silver']} silver records {', '.join(faults)}")
    if problems:
        raise UnaccountedRecordsError(
            "Each silver record must be in exactly one of gold_customer_crosswalk and gold_unlinked_records. "
            + "; ".join(problems)
            + ". Run the pipeline enrichment as a whole, so that all its tables are of the same run."
        )
