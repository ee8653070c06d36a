"""Totals: what customers add up to, plus what stayed unlinked, is what silver adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


class TotalsError(RuntimeError):
    """The totals over customers and unlinked records are not those over silver."""


@dataclass(frozen=True)
class Total:
    """One measure of one source, added up three ways."""

    source: str
    measure: str
    silver: int
    unlinked: int
    customers: int


@dataclass(frozen=True)
class Customers:
    """How many customers there are, and the totals of their measures."""

    count: int
    totals: list[Total]


def reconcile_totals(
    silver: Mapping[str, DataFrame],
    measures: Mapping[str, Mapping[str, Column]],
    unlinked: DataFrame,
    customer_360: DataFrame,
) -> Customers:
    """Add every measure up over silver, unlinked records and customers, and compare.

    Only one row of totals comes to the driver, whatever the size of the data.

    Args:
        silver: silver frames of the sources that have measures, by source name.
        measures: by source name, each measure's name (a column of ``customer_360``) and value of one record.
        unlinked: ``source, source_key, reason``, at most one row per record.
        customer_360: one row per customer.

    Raises:
        TotalsError: a customer has more than one row, or sums differ; naming the measure and the numbers.
    """
    combined = _customer_totals(customer_360, [name for of in measures.values() for name in of])
    for source, of_source in measures.items():
        combined = combined.crossJoin(_silver_totals(source, silver[source], of_source, unlinked))
    row = combined.first()
    sums = row.asDict() if row else {}
    totals = [
        Total(
            source=source,
            measure=name,
            silver=sums[f"silver_{source}_{name}"] or 0,
            unlinked=sums[f"unlinked_{source}_{name}"] or 0,
            customers=sums[f"customers_{name}"] or 0,
        )
        for source, of_source in measures.items()
        for name in of_source
    ]
    _raise_if_different(totals, rows=sums["customer_rows"], customers=sums["customers"])
    return Customers(count=sums["customers"], totals=totals)


def _customer_totals(customer_360: DataFrame, names: Iterable[str]) -> DataFrame:
    return customer_360.agg(
        F.count("*").alias("customer_rows"),
        F.count_distinct("customer_id").alias("customers"),
        *[F.sum(name).alias(f"customers_{name}") for name in names],
    )


def _silver_totals(
    source: str, records: DataFrame, measures: Mapping[str, Column], unlinked: DataFrame
) -> DataFrame:
    left_over = unlinked.where(F.col("source") == source).select(
        F.col("source_key").alias("unlinked_key"), F.lit(True).alias("is_unlinked")
    )
    values = records.select("source_key", *[value.alias(name) for name, value in measures.items()])
    flagged = values.join(left_over, F.col("source_key") == F.col("unlinked_key"), "left")
    return flagged.agg(
        *[F.sum(name).alias(f"silver_{source}_{name}") for name in measures],
        *[
            F.sum(F.when(F.col("is_unlinked"), F.col(name)).otherwise(0)).alias(f"unlinked_{source}_{name}")
            for name in measures
        ],
    )


def _raise_if_different(totals: Iterable[Total], *, rows: int, customers: int) -> None:
    problems = [
        f"{total.measure}: customers {total.customers} + unlinked {total.unlinked} = "
        f"{total.customers + total.unlinked}, but {total.source} silver has {total.silver}"
        for total in totals
        if total.customers + total.unlinked != total.silver
    ]
    if rows != customers:
        problems.insert(0, f"customers: {rows} rows for {customers} customers")
    if problems:
        raise TotalsError(
            "gold_customer_360 does not add up to silver: "
            + "; ".join(problems)
            + ". Run the pipeline enrichment as a whole, so that all its tables are of the same run."
        )
