"""How common values are: the rarity of each record's values, and what chance alone would make agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.layout import BINS
from customer_360.parameters.identity import IdentityModel
from customer_360.scratch import Scratch

_COMMONEST = 6  # bin 0 begins at a share of 2^-6, and a bin spans two powers of two


@dataclass(frozen=True)
class Frequencies:
    """Of one rarity, over all records that have a value.

    Attributes:
        known: records with a value.
        records: records per bin.
        pairs: pairs of records with the same value, per bin.
        shared: the largest number of records that share one value.
    """

    known: int
    records: tuple[int, ...]
    pairs: tuple[float, ...]
    shared: int

    @property
    def all_pairs(self) -> float:
        """Pairs of records that both have a value."""
        return self.known * (self.known - 1) / 2


def with_rarities(
    features: DataFrame, model: IdentityModel, records: int, scratch: Scratch
) -> tuple[DataFrame, dict[str, Frequencies]]:
    """Add ``<name>_rarity`` TINYINT for every rarity of the model.

    A value that only one record has is of the rarest bin. Only repeated values are counted and joined back.

    Returns:
        the features with the rarities, and the frequencies (a few numbers each).
    """
    expressions = {name: F.expr(sql) for name, sql in model.rarities.items()}
    valued = features.withColumns({f"_{name}": _hash(name, value) for name, value in expressions.items()})
    summaries, result = [], valued
    tables = {}
    for name in expressions:
        counted = (
            valued.where(F.col(f"_{name}").isNotNull())
            .groupBy(F.col(f"_{name}").alias("value"))
            .agg(F.count("*").alias("n"))
        )
        tables[name] = scratch.keep(counted.where(F.col("n") > 1), f"frequency_{name}")
    known = valued.agg(*[F.count(f"_{name}").alias(name) for name in expressions]).collect()[0].asDict()
    for name, table in tables.items():
        bins = table.withColumn("bin", _bin(F.col("n"), known[name]))
        summaries.append(
            bins.groupBy("bin")
            .agg(
                F.sum("n").alias("records"),
                F.sum(F.col("n") * (F.col("n") - 1) / 2).alias("pairs"),
                F.max("n").alias("shared"),
            )
            .select(F.lit(name).alias("name"), "bin", "records", "pairs", "shared")
        )
        lookup = bins.select(
            F.col("value").alias(f"_{name}"), F.col("bin").cast("tinyint").alias(f"{name}_rarity")
        )
        result = lookup.join(result, f"_{name}", "right")
    rows = reduce(DataFrame.unionAll, summaries).collect()  # a few rows per rarity
    found = {name: _frequencies(known[name], [row for row in rows if row["name"] == name]) for name in tables}
    rarity = {
        f"{name}_rarity": F.coalesce(F.col(f"{name}_rarity"), F.lit(BINS - 1).cast("tinyint"))
        for name in tables
    }
    return result.withColumns(rarity).drop(*[f"_{name}" for name in tables]), found


def _hash(name: str, value: Column) -> Column:
    text = value.cast("string")
    return F.when((text.isNotNull()) & (text != ""), F.xxhash64(F.lit(name), text))


def _bin(n: Column, known: int) -> Column:
    exponent = F.floor((F.log2(F.lit(float(max(known, 1))) / n) - _COMMONEST) / 2) + 1
    return F.least(F.greatest(exponent, F.lit(0)), F.lit(BINS - 1)).cast("int")


def _frequencies(known: int, rows: list[object]) -> Frequencies:
    records, pairs = [0] * BINS, [0.0] * BINS
    shared = 1
    for row in rows:
        records[row["bin"]] += int(row["records"])  # type: ignore[index]
        pairs[row["bin"]] += float(row["pairs"])  # type: ignore[index]
        shared = max(shared, int(row["shared"]))  # type: ignore[index]
    records[BINS - 1] += known - sum(records)
    return Frequencies(known, tuple(records), tuple(pairs), shared)
