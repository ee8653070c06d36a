"""Properties of features: how a value is written does not change it, and what is another value stays another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feature_values import features_of
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.identity.prepare.scripts import name_with_plain_umlauts, plain_lower

NAMES = (
    "Anna",
    "Jörg",
    "Groesser",
    "O'Neill",
    "Åse",
    "Олена",
    "Παππάς",
    "فاطمة",
    "小明",
    "김민준",
    "สมชาย",
    "राम",
    "שירה",
)
STREETS = ("High Street", "Hauptstraße", "Kings Rd", "Mill Lane", "Goethestr.", "вулиця Франка")
UNITS = ("2", "3", "14A", "14C", "B", "7", "21")
DOORS = ("Flat {}", "Apt {}", "Apt. #{}", "Unit {}", "#{}", "Wohnung {}", "App. {}")
FORMATS = ("\u200b", "\u00ad", "\u2060", "\u202a", "\ufeff", "\u200e")
SPACES = (" ", "  ", "\u00a0", "\u2009", "\t", "\u3000")
COLUMNS = ("given_name", "family_name", "street", "house_number", "unit", "city")
BATCH = 60  # records of one query


@st.composite
def written_twice(draw: st.DrawFn) -> tuple[Mapping[str, str], Mapping[str, str], str]:
    """One person and home in two ways of writing, and the unit."""
    name, family, city = (draw(st.sampled_from(NAMES)) for _ in range(3))
    street, unit = draw(st.sampled_from(STREETS)), draw(st.sampled_from(UNITS))
    number = draw(st.integers(1, 300))

    def noisy(text: str) -> str:
        """Another case, invisible characters, other spaces."""
        changed = draw(st.sampled_from((str, str.lower, str.title)))(text)
        at = draw(st.integers(0, len(changed)))
        return (
            draw(st.sampled_from(("", *SPACES)))
            + (changed[:at] + draw(st.sampled_from(FORMATS)) + changed[at:]).replace(
                " ", draw(st.sampled_from(SPACES))
            )
            + draw(st.sampled_from(("", *SPACES)))
        )

    def record() -> Mapping[str, str]:
        door = draw(st.sampled_from(DOORS)).format(unit)
        line = (
            f"{street} {number}"
            if "str" in street.lower() and "Street" not in street
            else f"{number} {street}"
        )
        address = draw(st.sampled_from((f"{door}, {line}", f"{line}, {door}", f"{line} {door}")))
        return {
            "given_name": noisy(name),
            "family_name": noisy(family),
            "street": noisy(address),
            "city": noisy(city),
        }

    return record(), record(), unit


# every example is a query: the first is the plainest one, and shrinking would take many
ONE_QUERY = settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@ONE_QUERY
@given(cases=st.lists(written_twice(), min_size=BATCH // 2, max_size=BATCH // 2))
def test_ways_of_writing_do_not_change_features_but_units_do(
    spark: SparkSession, cases: list[tuple[Mapping[str, str], Mapping[str, str], str]]
) -> None:
    found = features_of(spark, [record for one, two, _ in cases for record in (one, two)])
    of_unit: dict[str, set[Any]] = {}
    for number, (one, two, unit) in enumerate(cases):
        left, right = found[2 * number], found[2 * number + 1]
        assert {c: left[c] for c in COLUMNS} == {c: right[c] for c in COLUMNS}, (one, two)
        of_unit.setdefault(unit, set()).add(left["unit"])
    assert all(len(features) == 1 for features in of_unit.values()), of_unit
    assert len({value for features in of_unit.values() for value in features}) == len(of_unit), of_unit


@ONE_QUERY
@given(texts=st.lists(st.text(max_size=12), min_size=BATCH, max_size=BATCH))
def test_plain_texts_are_plain(spark: SparkSession, texts: list[str]) -> None:
    frame = spark.createDataFrame([(text.replace("\x00", ""),) for text in texts], "lower STRING")
    once = frame.select(F.lower("lower").alias("lower")).select(plain_lower(F.col("lower")).alias("once"))
    rows = once.select("once", plain_lower(F.col("once")).alias("twice")).collect()
    assert [row["twice"] for row in rows] == [row["once"] for row in rows]


@given(st.text(alphabet="aeoubqlrn s", max_size=12))
def test_plain_umlauts_of_plain_umlauts_are_the_same(name: str) -> None:
    assume("aaa" not in name)
    once = name_with_plain_umlauts(name)
    assert name_with_plain_umlauts(once) == once
