"""Reconciliation of bronze and silver: current bronze records = silver rows + quarantined rows, each exactly once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from customer_360.quality.shape_counts import empty_fields
from customer_360.schemas import QUALITY_REPORT

QUALITY_REPORT_SCHEMA = QUALITY_REPORT.ddl

_KEYS_ONLY = 2
_PLACES = ("bronze", "silver", "quarantined")


class ReconciliationError(RuntimeError):
    """Rows of a source were lost, repeated, or are in silver and quarantine at once."""


@dataclass(frozen=True)
class SourceTables:
    """The two written tables of one source.

    Attributes:
        current: current bronze records; ``source_key``.
        silver: ``source_key, warnings``.
    """

    current: DataFrame
    silver: DataFrame


def reconcile_bronze_and_silver(tables: Mapping[str, SourceTables], quarantine: DataFrame) -> DataFrame:
    """Check every source, and count its rows, errors and warnings.

    Args:
        tables: by short name of the source.
        quarantine: ``silver_quarantine`` of all sources (``source, source_key, reasons``).

    Returns:
        ``source, metric, reason, records``: rows in ``bronze``, ``silver``, ``quarantined`` for every source,
        and each rule that fired as ``error`` or ``warning``; a row that breaks two rules counts under both. Columns
        that hardly any silver row has a value in, as ``empty_field`` (records: the rows without one).

    Raises:
        ConservationError: names each source that does not balance, and its numbers.
    """
    found = {row["source"]: row for row in _balance(tables, quarantine).collect()}
    wrong = [_explain(name, row) for name, row in sorted(found.items()) if row["unbalanced"]]
    wrong += [f"{name}: quarantined, but no source of this name" for name in sorted(set(found) - set(tables))]
    if wrong:
        raise ReconciliationError(
            "Current bronze records must be silver rows or quarantined rows, each exactly once. "
            + "; ".join(wrong)
            + "."
        )
    counts = [
        (name, place, None, int(found[name][place]) if name in found else 0)
        for name in tables
        for place in _PLACES
    ]
    totals = quarantine.sparkSession.createDataFrame(counts, QUALITY_REPORT_SCHEMA)
    empty = [
        empty_fields(pair.silver, name)
        for name, pair in tables.items()
        if len(pair.silver.columns) > _KEYS_ONLY
    ]
    return _union([totals, _fired_rules(tables, quarantine), *empty])


def _balance(tables: Mapping[str, SourceTables], quarantine: DataFrame) -> DataFrame:
    """One row per source: rows in each place, and keys that are not once in bronze and once after it."""
    parts = [quarantine.select("source", "source_key", *_marks("quarantined"))]
    for name, pair in tables.items():
        source = F.lit(name).alias("source")
        parts.append(pair.current.select(source, "source_key", *_marks("bronze")))
        parts.append(pair.silver.select(source, "source_key", *_marks("silver")))
    by_key = _union(parts).groupBy("source", "source_key").agg(*[F.sum(p).alias(p) for p in _PLACES])
    bronze, after = F.col("bronze"), F.col("silver") + F.col("quarantined")
    return by_key.groupBy("source").agg(
        *[F.sum(place).alias(place) for place in _PLACES],
        F.count_if((bronze != 1) | (after != 1)).alias("unbalanced"),
        F.count_if(after < bronze).alias("lost"),
        F.count_if((bronze > 0) & (after > bronze)).alias("repeated"),
        F.count_if(bronze == 0).alias("unknown"),
    )


def _marks(place: str) -> list[Column]:
    return [F.lit(int(place == other)).alias(other) for other in _PLACES]


def _explain(name: str, row: Row) -> str:
    return (
        f"{name}: {row['bronze']} current bronze = {row['silver']} silver + {row['quarantined']} quarantined "
        f"does not hold ({row['lost']} keys lost, {row['repeated']} repeated, {row['unknown']} not in bronze)"
    )


def _fired_rules(tables: Mapping[str, SourceTables], quarantine: DataFrame) -> DataFrame:
    error = F.lit("error").alias("metric")
    parts = [quarantine.select("source", error, F.explode("reasons").alias("reason"))]
    for name, pair in tables.items():
        source, metric = F.lit(name).alias("source"), F.lit("warning").alias("metric")
        parts.append(pair.silver.select(source, metric, F.explode("warnings").alias("reason")))
    return _union(parts).groupBy("source", "metric", "reason").agg(F.count("reason").alias("records"))


def _union(parts: Sequence[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, parts)
