"""How common values are: the term frequency of each record's values, and what chance alone would make agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.prepare.feature_columns import made_of
from customer_360.identity.prepare.too_common import (
    TooCommon,
    find_too_common,
    own_values,
    without_too_common,
)
from customer_360.parameters import IdentityModel

BINS = 8  # of a term frequency: 0 (one record in 64 or more) to 7
FREQUENCY_SCHEMA = "value BIGINT, n BIGINT, common BOOLEAN"
_NO_BIN = -1  # of values that too many share
_COMMONEST = 6  # bin 0 begins at a share of 2^-6, and a bin spans two powers of two
_FEW = 1.5  # ... and at three records at least: in a file of fifty a value of one or two is not a common one


@dataclass(frozen=True)
class Frequencies:
    """Of one term frequency, over all records that have a value.

    Attributes:
        known: records with a value that is not too common.
        records: records per bin.
        pairs: pairs of records with the same value, per bin.
        shared: the largest number of records that share one value.
        too_common: values that too many share to be anybody's own, and the records that have them; they weigh
            nothing, and are not in the numbers above.
    """

    known: int
    records: tuple[int, ...]
    pairs: tuple[float, ...]
    shared: int
    too_common: TooCommon = field(default_factory=TooCommon)

    @property
    def all_pairs(self) -> float:
        """Pairs of records that both have a value."""
        return self.known * (self.known - 1) / 2


def with_frequencies(
    features: DataFrame, model: IdentityModel, records: int, scratch: Scratch
) -> tuple[DataFrame, dict[str, Frequencies]]:
    """Add ``<name>_frequency_bin`` TINYINT for every term frequency of the model; take out values that too many share.

    A value that only one record has is of the rarest bin. Only repeated values are counted and joined back.

    Returns:
        the features with the bins, and the frequencies (a few numbers each).
    """
    if not model.term_frequencies:
        return features, {}
    valued = _with_hashes(features, model)
    repeated = {
        name: scratch.keep(_repeated(valued, name), f"repeated_{name}") for name in model.term_frequencies
    }
    known = (
        valued.agg(*[F.count(f"_{name}").alias(name) for name in model.term_frequencies])
        .collect()[0]
        .asDict()
    )
    common, too_common = find_too_common(valued, repeated, known, model, scratch)
    tables = {
        name: scratch.keep(
            _marked(table, name, None if name not in too_common else common), frequency_table(name)
        )
        for name, table in repeated.items()
    }
    known = {name: n - too_common[name].records if name in too_common else n for name, n in known.items()}
    summaries = [_by_bin(table, name, known[name]) for name, table in tables.items()]
    rows = reduce(DataFrame.unionAll, summaries).collect()  # a few rows per term frequency
    found = {
        name: _frequencies(
            known[name], [row for row in rows if row["name"] == name], too_common.get(name, TooCommon())
        )
        for name in tables
    }
    return _looked_up(valued, tables, known, model), found


def with_known_frequencies(
    features: DataFrame, model: IdentityModel, tables: Mapping[str, DataFrame], known: Mapping[str, int]
) -> DataFrame:
    """The same for other records, by frequencies that were counted before.

    Args:
        features: of the records.
        model: says what the term frequencies are of.
        tables: ``value, n, common`` of each, as :func:`with_frequencies` kept them (:func:`frequency_table`).
        known: how many records had a value then.
    """
    if not model.term_frequencies:
        return features
    return _looked_up(_with_hashes(features, model), tables, known, model)


def frequency_table(name: str) -> str:
    """Name of the table of a term frequency's repeated values: :data:`FREQUENCY_SCHEMA`."""
    return f"frequency_{name}"


def _with_hashes(features: DataFrame, model: IdentityModel) -> DataFrame:
    return features.withColumns(
        {f"_{name}": _hash(name, F.expr(sql)) for name, sql in model.term_frequencies.items()}
    )


def _repeated(valued: DataFrame, name: str) -> DataFrame:
    """``value, n`` of the values that several records have."""
    return (
        valued.where(F.col(f"_{name}").isNotNull())
        .groupBy(F.col(f"_{name}").alias("value"))
        .agg(F.count("*").alias("n"))
        .where(F.col("n") > 1)
    )


def _by_bin(table: DataFrame, name: str, known: int) -> DataFrame:
    """``name, bin, records, pairs, shared`` of the repeated values of a term frequency."""
    no_bin = F.when(F.col("common"), F.lit(_NO_BIN))
    return (
        table.withColumn("bin", no_bin.otherwise(_bin(F.col("n"), known)))
        .groupBy("bin")
        .agg(
            F.sum("n").alias("records"),
            F.sum(F.col("n") * (F.col("n") - 1) / 2).alias("pairs"),
            F.max("n").alias("shared"),
        )
        .select(F.lit(name).alias("name"), "bin", "records", "pairs", "shared")
    )


def _marked(table: DataFrame, name: str, common: DataFrame | None) -> DataFrame:
    """``value, n, common``."""
    if common is None:
        return table.withColumn("common", F.lit(False))
    marks = common.where(F.col("name") == name).select("value", "common")
    return marks.join(table, "value", "right").select(
        "value", "n", F.coalesce("common", F.lit(False)).alias("common")
    )


def _looked_up(
    valued: DataFrame, tables: Mapping[str, DataFrame], known: Mapping[str, int], model: IdentityModel
) -> DataFrame:
    hashes = [f"_{name}" for name in tables]
    looked_up = valued.select("rid", *hashes)  # joins move what they join: not all the texts, ten times
    own = own_values(model)
    for name, table in tables.items():
        value = F.col("value").alias(f"_{name}")
        bins = table.select(
            value,
            _bin(F.col("n"), known[name]).cast("tinyint").alias(f"{name}_frequency_bin"),
            *([F.col("common").alias(f"{name}_common")] if name in own else []),
        )
        looked_up = bins.join(looked_up, f"_{name}", "right")
    rarest = F.lit(BINS - 1).cast("tinyint")
    term_frequencies = [
        F.coalesce(f"{name}_frequency_bin", rarest).alias(f"{name}_frequency_bin") for name in tables
    ]
    commons = [f"{name}_common" for name in own]
    joined = looked_up.select("rid", *term_frequencies, *commons).join(valued.drop(*hashes), "rid")
    return without_too_common(joined, model, made_of(model))


def _hash(name: str, value: Column) -> Column:
    text = value.cast("string")
    return F.when((text.isNotNull()) & (text != ""), F.xxhash64(F.lit(name), text))


def _bin(n: Column, known: int) -> Column:
    records = math.log2(max(known, 1))
    commonest = min(_COMMONEST, records - _FEW)
    exponent = F.floor((F.lit(records) - F.log2(n) - commonest) / 2) + 1
    return F.least(F.greatest(exponent, F.lit(0)), F.lit(BINS - 1)).cast("int")


def _frequencies(known: int, rows: list[object], too_common: TooCommon) -> Frequencies:
    records, pairs = [0] * BINS, [0.0] * BINS
    shared = 1
    for row in rows:
        if row["bin"] != _NO_BIN:  # type: ignore[index]
            records[row["bin"]] += int(row["records"])  # type: ignore[index]
            pairs[row["bin"]] += float(row["pairs"])  # type: ignore[index]
        shared = max(shared, int(row["shared"]))  # type: ignore[index]
    records[BINS - 1] += known - sum(records)
    return Frequencies(known, tuple(records), tuple(pairs), shared, too_common)
