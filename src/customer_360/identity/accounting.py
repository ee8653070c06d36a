"""The books of linking: every silver record is in exactly one of crosswalk and unlinked records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.parameters.enrichment import ANCHOR_METHOD

_PLACES = ("silver", "linked", "unlinked")
_FAULTS = {
    "lost": "in neither of the two",
    "repeated": "in them more than once",
    "invented": "in them but not in silver",
    "duplicated": "more than once in silver",
}


class UnaccountedRecordsError(RuntimeError):
    """Some silver record is not in exactly one of crosswalk and unlinked records."""


def account_for_records(
    sources: Mapping[str, DataFrame], crosswalk: DataFrame, unlinked: DataFrame, *, anchor: str
) -> list[tuple[str, str, str | None, int]]:
    """Count what became of each source's records, and check that none was lost or counted twice.

    Args:
        sources: silver frames by source name.
        crosswalk: ``customer_id, source, source_key, method, confidence``.
        unlinked: ``source, source_key, reason``.
        anchor: the source whose records are the customers.

    Returns:
        ``(source, metric, reason, records)``, sorted; the metric is ``linked`` (reason: the rule's name, or
        ``anchor``), ``own_customer`` or ``unlinked`` (reason: why). A few rows for each source, whatever the
        size of the data.

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
    return sorted(
        (
            (row["source"], *_metric(row["source"], row["outcome"], row["reason"], anchor), row["keys"])
            for row in rows
        ),
        key=lambda row: (row[0], row[1], row[2] or ""),
    )


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


def _metric(source: str, outcome: str | None, reason: str | None, anchor: str) -> tuple[str, str | None]:
    if outcome == "linked" and reason == ANCHOR_METHOD and source != anchor:
        return "own_customer", None
    return str(outcome), reason


def _raise_if_unaccounted(rows: list[dict[str, object]]) -> None:
    problems = []
    for source in sorted({str(row["source"]) for row in rows}):
        total = {
            name: sum(int(str(row[name])) for row in rows if row["source"] == source)
            for name in ("silver", *_FAULTS)
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
