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
    term_numbers,
    without_too_common,
)
from customer_360.parameters import IdentityModel

BINS = 8  # of a term frequency: 0 (one record in 64 or more) to 7
FREQUENCIES = "frequencies"
FREQUENCY_SCHEMA = "term TINYINT, value BIGINT, n BIGINT, bin TINYINT, common BOOLEAN"
_BITS = 5  # of what is known of a value: one more than its bin, and whether it is too common
_COMMON = 16
_IN_ONE = 12  # term frequencies in one BIGINT
_NUMBER = "_of_values_"
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
    counted, terms = scratch.keep(_repeated(features, model), "repeated"), term_numbers(model)
    is_common, too_common = find_too_common(counted, known, model)
    known = {name: known[name] - too_common.get(name, TooCommon()).records for name in model.term_frequencies}
    by_term = {terms[name]: number for name, number in known.items()}
    binned = _bin(F.col("n"), by_term).cast("tinyint").alias("bin")
    common = F.coalesce(is_common, F.lit(False)).alias("common")
    table = tables.keep(counted.select("term", "value", "n", binned, common), FREQUENCIES)
    rows = _by_bin(table).collect()  # a few rows per term frequency
    found = {
        name: _frequencies(
            known[name],
            [row for row in rows if row["term"] == terms[name]],
            too_common.get(name, TooCommon()),
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
    # one row for each value that other records have, too, and one number for what a record's values are: neither a
    # join nor an aggregate for each term frequency
    met = _values(features, model, "rid").join(_as_numbers(table, model), ["term", "value"])
    numbers = [name for name in met.columns if name.startswith(_NUMBER)]
    joined = (
        met.groupBy("rid").agg(*[F.sum(name).alias(name) for name in numbers]).join(features, "rid", "right")
    )
    rarest = F.lit(BINS - 1).cast("tinyint")
    bins = [
        F.when(_coded(name, model) > 0, (_coded(name, model) % _COMMON - 1).cast("tinyint"))
        .otherwise(rarest)
        .alias(f"{name}_frequency_bin")
        for name in names
    ]
    commons = [(_coded(name, model) >= _COMMON).alias(f"{name}_common") for name in own]
    others = [name for name in features.columns if name != "rid"]
    return without_too_common(joined.select("rid", *bins, *commons, *others), model, made_of(model))


def _as_numbers(table: DataFrame, model: IdentityModel) -> DataFrame:
    """``term, value``, and what is known of it in its place in one of some numbers: those of a record add up."""
    code = (F.col("bin") + 1 + F.when(F.col("common"), F.lit(_COMMON)).otherwise(0)).cast("bigint")
    terms = range(len(model.term_frequencies))
    numbers = []
    for first in terms[::_IN_ONE]:
        placed = F.lit(0).cast("bigint")
        for place, term in enumerate(terms[first : first + _IN_ONE]):
            placed = F.when(F.col("term") == term, F.shiftleft(code, _BITS * place)).otherwise(placed)
        numbers.append(placed.alias(f"{_NUMBER}{first // _IN_ONE}"))
    return table.select("term", "value", *numbers)


def _coded(name: str, model: IdentityModel) -> Column:
    """What :func:`_as_numbers` says of the value of a term frequency that a record has; 0 for nothing."""
    number, place = divmod(term_numbers(model)[name], _IN_ONE)
    found = F.shiftright(F.coalesce(f"{_NUMBER}{number}", F.lit(0).cast("bigint")), _BITS * place)
    return found.bitwiseAND(F.lit((1 << _BITS) - 1).cast("bigint"))


def _hashes(model: IdentityModel) -> dict[str, Column]:
    return {name: _hash(name, F.expr(sql)) for name, sql in model.term_frequencies.items()}


def _values(features: DataFrame, model: IdentityModel, *carried: str | Column) -> DataFrame:
    """``term, value`` of all values that a record has, after ``carried``; see :func:`.too_common.term_numbers`."""
    hashes, terms = _hashes(model), term_numbers(model)
    each = F.array(*[hashes[name] for name in terms])
    rows = features.select(*carried, F.posexplode(each).alias("term", "value")).where(
        F.col("value").isNotNull()
    )
    return rows.withColumn("term", F.col("term").cast("tinyint"))


def _repeated(features: DataFrame, model: IdentityModel) -> DataFrame:
    """``term, value, n, persons`` of the values that several records have (:func:`.too_common.effective_persons`)."""
    own, terms = own_values(model), term_numbers(model)
    holder = holder_of(features)
    asked = F.when(F.col("term").isin([terms[name] for name in own]), F.col("holder")) if own else F.lit(None)
    each = (
        _values(features, model, F.when(holder.isNotNull(), F.xxhash64(holder)).alias("holder"))
        .groupBy("term", "value", asked.cast("bigint").alias("holder"))
        .agg(F.count("*").alias("m"))
    )
    every = each.groupBy("term", "value").agg(F.sum("m").alias("n"), effective_persons().alias("persons"))
    return every.where(F.col("n") > 1)


def _by_bin(table: DataFrame) -> DataFrame:
    """``term, bin, records, pairs, shared`` of the repeated values."""
    bin_or_none = F.when(F.col("common"), F.lit(_NO_BIN)).otherwise(F.col("bin").cast("int"))
    return table.groupBy("term", bin_or_none.alias("bin")).agg(
        F.sum("n").alias("records"),
        F.sum(F.col("n") * (F.col("n") - 1) / 2).alias("pairs"),
        F.max("n").alias("shared"),
    )


def _hash(name: str, value: Column) -> Column:
    text = value.cast("string")
    return F.when((text.isNotNull()) & (text != ""), F.xxhash64(F.lit(name), text))


def _bin(n: Column, known: Mapping[int, int]) -> Column:
    """Of a value that ``n`` records have, by ``term``; ``known``: records that have a value, by number of the term."""
    records = {term: math.log2(max(number, 1)) for term, number in known.items()}
    commonest = {term: min(_COMMONEST, number - _FEW) for term, number in records.items()}
    exponent = F.floor((_by_term(records) - F.log2(n) - _by_term(commonest)) / 2) + 1
    return F.least(F.greatest(exponent, F.lit(0)), F.lit(BINS - 1)).cast("int")


def _by_term(numbers: Mapping[int, float]) -> Column:
    found = F.lit(None).cast("double")
    for term, number in numbers.items():
        found = F.when(F.col("term") == term, F.lit(float(number))).otherwise(found)
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
