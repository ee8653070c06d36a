from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import Column, SparkSession
from sources.bronze_frames import SETTINGS, apply, cases

from customer_360.standardise import phone
from customer_360.standardise.phones import parse_phone

PLACEHOLDERS = SETTINGS.placeholders.of("phone")


def clean(column: Column) -> Column:
    return phone(column, default_region="US", placeholders=PLACEHOLDERS)


def test_phone(spark: SparkSession) -> None:
    cases(spark, clean, {
        "+1 201-555-0123": ("+12015550123", True), "(201) 555-0123": ("+12015550123", True),
        "201.555.0123 x45": ("+12015550123", True), "+44 20 7946 0958": ("+442079460958", True),
        "0049 30 901820": ("+4930901820", True),
        "+1 000-555-0123": ("+10005550123", False),  # possible: the length fits; valid: no such area
        "+81 965-431-3024": ("+819654313024", False),
        "555-0123": (None, False),  # local only: E.164 would invent an area code
        "000-000": (None, None), "+1 000-000-0000": (None, False), "hello": (None, False), "+": (None, False),
        "N/A": (None, None), "000-0000": (None, None), "": (None, None), None: (None, None),
    })  # fmt: skip


@pytest.mark.parametrize(
    ("region", "expected"), [("US", "+12079460958"), ("GB", "+442079460958"), ("FR", None)]
)
def test_region_of_numbers_without_a_country(region: str, expected: str | None) -> None:
    text = "020 7946 0958" if region != "US" else "207 946 0958"
    assert parse_phone(text, default_region=region)[0] == expected


digits = st.text(alphabet="0123456789+-() .x", max_size=25)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(digits, st.text()))
def test_phone_twice_is_phone_once(text: str) -> None:
    number, valid = parse_phone(text, default_region="US")
    assert not (valid and number is None)
    if number is not None:
        assert parse_phone(number, default_region="US") == (number, valid)


@settings(max_examples=8, deadline=None)
@given(
    texts=st.lists(st.one_of(digits, st.text(alphabet=st.characters(codec="utf-8"))), min_size=1, max_size=80)
)
def test_phone_never_raises_in_the_engine(spark: SparkSession, texts: list[str]) -> None:
    assert len(apply(spark, clean, texts)) == len(texts)
