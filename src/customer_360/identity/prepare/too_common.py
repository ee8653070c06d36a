"""Values that too many share to be anybody's own: default dates, office telephones, addresses like noreply@.

What is found is found from the data. For each value the holders are counted by family name, as an effective number
(inverse Simpson: two hundred records of one person count once, typos in a few of them hardly change that; a family
counts once, too). Of birth dates, chance makes non-matches share some: as many as a Poisson distribution with the mean
of the file allows. Of addresses, telephones and numbers, those that people really share (a couple with two names)
fall off geometrically; what lies far beyond that, or beyond any household, is nobody's.

Such values are taken out of the features, so that they weigh nothing in blocking, training and scoring.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from customer_360.engine import with_columns
from customer_360.parameters import AttributeKind, IdentityModel

_OWN = ("date", "email", "phone", "digits", "number")  # kinds of which a person has values of their own
_WHO = ("family_name", "given_name")
_FEWEST = 3.0  # families that share a value without a question
_MOST = 9.0  # families that share an identifier at most
_ERROR = 1e-3  # values of a file that are taken for too common by mistake
_FAR = 5.0  # times as many as the mean of all dates is far


@dataclass(frozen=True)
class TooCommon:
    """Of one attribute.

    Attributes:
        values: how many values too many share.
        records: records that have one of them.
    """

    values: int = 0
    records: int = 0


def own_values(model: IdentityModel) -> list[str]:
    """Attributes, counted as term_frequencies, of which a person has values of their own."""
    return [
        name
        for name, sql in model.term_frequencies.items()
        if sql == name and model.attributes.get(name) in _OWN
    ]


def term_numbers(model: IdentityModel) -> dict[str, int]:
    """A number for each term frequency, in the order of their names, whatever that of the configuration is."""
    return {name: number for number, name in enumerate(sorted(model.term_frequencies))}


def holder_of(features: DataFrame) -> Column:
    """Who has a value, as far as a name says; null where none does."""
    who = [F.col(name).cast("string") for name in _WHO if name in features.columns]
    return F.coalesce(*who) if who else F.lit(None).cast("string")


def effective_persons() -> Column:
    """DOUBLE, an aggregate over ``holder`` and ``m``, its records: the effective number of holders; null for none."""
    m = F.when(F.col("holder").isNotNull(), F.col("m"))
    return F.sum(m) * F.sum(m) / F.sum(m * m)


def find_too_common(
    counted: DataFrame, known: Mapping[str, int], model: IdentityModel
) -> tuple[Column, dict[str, TooCommon]]:
    """Find the values that too many share.

    Args:
        counted: ``term, value, n, persons`` (:func:`effective_persons`) of the repeated values.
        known: records with a value.
        model: says which attributes there are.

    Returns:
        a condition on rows of ``counted`` (true: too many share the value), and how many there are, by attribute.
    """
    names = own_values(model)
    if not names:
        return F.lit(False), {}
    # whole numbers of holders: a few dozen rows for each attribute
    rows = counted.where(F.col("persons").isNotNull()).groupBy(
        "term", F.ceil("persons").cast("int").alias("persons")
    ).agg(F.count("*").alias("values"), F.sum("n").alias("records")).collect()  # fmt: skip
    if not rows:
        return F.lit(False), {}
    terms = term_numbers(model)
    of_name = {name: [row for row in rows if row["term"] == terms[name]] for name in names}
    limits = {name: _limit(some, known[name], model.attributes[name]) for name, some in of_name.items()}
    found = _over_limit(of_name, limits)
    over = [(F.col("term") == terms[name]) & (F.ceil("persons") > math.ceil(limits[name])) for name in found]
    return reduce(or_, over, F.lit(False)), found


def _limit(rows: Sequence[Row], known: int, kind: AttributeKind) -> float:
    """How many holders a value of an attribute may have (:func:`most_holders`); values of one record count too."""
    shared = {row["persons"]: row["values"] for row in rows}
    single = known - sum(row["records"] for row in rows)
    shared[1] = shared.get(1, 0) + max(0, single)
    return most_holders(shared, date=kind == "date")


def _over_limit(of_name: Mapping[str, Sequence[Row]], limits: Mapping[str, float]) -> dict[str, TooCommon]:
    """How many values have too many holders, by attribute, where there is any."""
    over = {
        name: [row for row in rows if row["persons"] > math.ceil(limits[name])]
        for name, rows in of_name.items()
    }
    return {
        name: TooCommon(sum(row["values"] for row in some), sum(row["records"] for row in some))
        for name, some in over.items()
        if some
    }


def most_holders(values_by_holders: Mapping[int, int], *, date: bool) -> float:
    """How many families share a value at most, before it is nobody's.

    Args:
        values_by_holders: how many values have so many holders.
        date: dates are shared by chance; other values by households.
    """
    values = sum(values_by_holders.values())
    if not values:
        return _FEWEST
    limit = _FEWEST
    for _ in range(20):  # the mean of the values below the limit, and the limit from the mean
        usual = {
            holders: n
            for holders, n in values_by_holders.items()
            if holders <= max(limit, _median(values_by_holders))
        }
        mean = sum(holders * n for holders, n in usual.items()) / max(1, sum(usual.values()))
        after = max(_FEWEST, _of_dates(mean, values) if date else min(_MOST, _of_identifiers(mean, values)))
        if after <= limit:
            break
        limit = after
    return limit


def _of_dates(mean: float, values: int) -> float:
    """Above it, less than ``_ERROR`` of so many Poisson variables are expected; ``mean`` is of those above zero."""
    rate = mean
    for _ in range(50):
        rate = mean * (1 - math.exp(-rate))
    term, below, k = math.exp(-rate), math.exp(-rate), 0
    while values * (1 - below) > _ERROR and k < 10 * mean + 50:
        k += 1
        term *= rate / k
        below += term
    return max(float(k), _FAR * rate if rate > 1 else 0.0)


def _of_identifiers(mean: float, values: int) -> float:
    """The same of geometric variables."""
    beyond = 1 - 1 / mean if mean > 1 else 0.0
    return math.log(values / _ERROR) / -math.log(beyond) if beyond > 0 else 0.0


def _median(values_by_holders: Mapping[int, int]) -> float:
    half, seen = sum(values_by_holders.values()) / 2, 0
    for holders, n in sorted(values_by_holders.items()):
        seen += n
        if seen >= half:
            return float(holders)
    return 1.0


def without_too_common(
    features: DataFrame, model: IdentityModel, of_feature: Mapping[str, Sequence[str]]
) -> DataFrame:
    """Take values out where ``<name>_common`` says so, with all that was made of them; these columns go, too."""
    changed = {
        column: F.when(F.coalesce(f"{name}_common", F.lit(False)), F.lit(None)).otherwise(F.col(column))
        for name in own_values(model)
        for column in of_feature.get(name, (name,))
        if column in features.columns
    }
    return with_columns(features, changed).drop(*[f"{name}_common" for name in own_values(model)])
