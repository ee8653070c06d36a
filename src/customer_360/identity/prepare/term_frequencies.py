"""How common values are: the term frequency of each record's values, and what chance alone would make agree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.prepare.feature_columns import made_of
from customer_360.identity.prepare.too_common import (
    TooCommon,
    effective_persons,
    find_too_common,
    holder_of,
    own_values,
    without_too_common,
)
from customer_360.parameters import IdentityModel

BINS = 8  # of a term frequency: 0 (one record in 64 or more) to 7
FREQUENCIES = "frequencies"
FREQUENCY_SCHEMA = "name STRING, value BIGINT, n BIGINT, bin TINYINT, common BOOLEAN"
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


@dataclass(frozen=True)
class Counted:
    """What is counted before all else.

    Attributes:
        sources: records of each source.
        known: records that have a value, by term frequency.
    """

    sources: dict[str, int]
    known: dict[str, int]


def count_records(features: DataFrame, model: IdentityModel) -> Counted:
    """Count the records of each source, and those that have a value of each term frequency."""
    hashes = _hashes(model)
    each = features.groupBy("source").agg(
        F.count("*").alias("_all"), *[F.count(value).alias(name) for name, value in hashes.items()]
    )
    rows = each.collect()  # one for each source
    return Counted(
        {row["source"]: row["_all"] for row in rows},
        {name: sum(row[name] for row in rows) for name in hashes},
    )


def with_frequencies(
    features: DataFrame, model: IdentityModel, known: Mapping[str, int], *, scratch: Scratch, tables: Scratch
) -> tuple[DataFrame, dict[str, Frequencies]]:
    """Add ``<name>_frequency_bin`` TINYINT for every term frequency of the model; take out values that too many share.

    A value that only one record has is of the rarest bin. Only repeated values are looked up, all of them in one table.

    Args:
        features: of all records.
        model: says what the term frequencies are of.
        known: how many records have a value (:func:`count_records`).
        scratch: for what is used here.
        tables: where :data:`FREQUENCIES` is kept, the table of repeated values (:data:`FREQUENCY_SCHEMA`).

    Returns:
        the features with the bins, and the frequencies (a few numbers each).
    """
    if not model.term_frequencies:
        return features, {}
    counted = scratch.keep(_repeated(features, model), "repeated")
    is_common, too_common = find_too_common(counted, known, model)
    known = {name: known[name] - too_common.get(name, TooCommon()).records for name in model.term_frequencies}
    table = tables.keep(
        counted.select(
            "name",
            "value",
            "n",
            _bin(F.col("n"), known).cast("tinyint").alias("bin"),
            F.coalesce(is_common, F.lit(False)).alias("common"),
        ),
        FREQUENCIES,
    )
    rows = _by_bin(table).collect()  # a few rows per term frequency
    found = {
        name: _frequencies(
            known[name], [row for row in rows if row["name"] == name], too_common.get(name, TooCommon())
        )
        for name in model.term_frequencies
    }
    return with_known_frequencies(features, model, table), found


def with_known_frequencies(features: DataFrame, model: IdentityModel, table: DataFrame) -> DataFrame:
    """The same for other records, by frequencies that were counted before.

    Args:
        features: of the records.
        model: says what the term frequencies are of.
        table: as :func:`with_frequencies` kept it.
    """
    if not model.term_frequencies:
        return features
    names, own = list(model.term_frequencies), own_values(model)
    # one row for each value that other records have, too: not a join for each term frequency
    met = _values(features, model, "rid").join(table, ["name", "value"])
    bins = [
        F.max(F.when(F.col("name") == name, F.col("bin"))).alias(f"{name}_frequency_bin") for name in names
    ]
    commons = [F.max(F.when(F.col("name") == name, F.col("common"))).alias(f"{name}_common") for name in own]
    found = met.groupBy("rid").agg(*bins, *commons)
    rarest = F.lit(BINS - 1).cast("tinyint")
    joined = found.join(features, "rid", "right").withColumns(
        {f"{name}_frequency_bin": F.coalesce(f"{name}_frequency_bin", rarest) for name in names}
    )
    others = [name for name in features.columns if name != "rid"]
    ordered = joined.select(
        "rid", *[f"{name}_frequency_bin" for name in names], *[f"{name}_common" for name in own], *others
    )
    return without_too_common(ordered, model, made_of(model))


def _hashes(model: IdentityModel) -> dict[str, Column]:
    return {name: _hash(name, F.expr(sql)) for name, sql in model.term_frequencies.items()}


def _values(features: DataFrame, model: IdentityModel, *carried: str | Column) -> DataFrame:
    """``name, value`` of all values that a record has, and ``carried``."""
    each = [
        F.struct(F.lit(name).alias("name"), value.alias("value")) for name, value in _hashes(model).items()
    ]
    rows = features.select(*carried, F.explode(F.array(*each)).alias("of"))
    kept = [name for name in rows.columns if name != "of"]
    return rows.select(*kept, "of.name", "of.value").where(F.col("value").isNotNull())


def _repeated(features: DataFrame, model: IdentityModel) -> DataFrame:
    """``name, value, n, persons`` of the values that several records have; see :func:`effective_persons`."""
    held = _values(features, model, holder_of(features).alias("holder"))
    own = own_values(model)
    asked = F.when(F.col("name").isin(own), F.col("holder")) if own else F.lit(None).cast("string")
    each = held.groupBy("name", "value", asked.alias("holder")).agg(F.count("*").alias("m"))
    every = each.groupBy("name", "value").agg(F.sum("m").alias("n"), effective_persons().alias("persons"))
    return every.where(F.col("n") > 1)


def _by_bin(table: DataFrame) -> DataFrame:
    """``name, bin, records, pairs, shared`` of the repeated values."""
    bin_or_none = F.when(F.col("common"), F.lit(_NO_BIN)).otherwise(F.col("bin").cast("int"))
    return table.groupBy("name", bin_or_none.alias("bin")).agg(
        F.sum("n").alias("records"),
        F.sum(F.col("n") * (F.col("n") - 1) / 2).alias("pairs"),
        F.max("n").alias("shared"),
    )


def _hash(name: str, value: Column) -> Column:
    text = value.cast("string")
    return F.when((text.isNotNull()) & (text != ""), F.xxhash64(F.lit(name), text))


def _bin(n: Column, known: Mapping[str, int]) -> Column:
    """Of a value of the term frequency ``name`` that ``n`` records have."""
    records = {name: math.log2(max(number, 1)) for name, number in known.items()}
    commonest = {name: min(_COMMONEST, number - _FEW) for name, number in records.items()}
    exponent = F.floor((_by_name(records) - F.log2(n) - _by_name(commonest)) / 2) + 1
    return F.least(F.greatest(exponent, F.lit(0)), F.lit(BINS - 1)).cast("int")


def _by_name(numbers: Mapping[str, float]) -> Column:
    found = F.lit(None).cast("double")
    for name, number in numbers.items():
        found = F.when(F.col("name") == name, F.lit(float(number))).otherwise(found)
    return found


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
