from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import Column, SparkSession
from sources.bronze_frames import SETTINGS, apply, cases

from customer_360.standardise import email, is_valid_email

PLACEHOLDERS = SETTINGS.placeholders.of("email")


def clean(column: Column) -> Column:
    return email(column, PLACEHOLDERS)


def test_email(spark: SparkSession) -> None:
    cases(spark, clean, {
        "a@b.org": "a@b.org", " A.B@Example.ORG ": "a.b@example.org", "mailto:a@b.org": "a@b.org",
        "MAILTO:<a@b.org>": "a@b.org", "<a@b.org>": "a@b.org", "Ann B. <a@b.org>": "a@b.org",
        "'a@b.org'": "a@b.org", "a@b.org;": "a@b.org", "a+tag@b.org": "a+tag@b.org",
        "n/a": None, "Test@Test.com": None, "none@none.com": None, "": None, "  ": None, None: None, "<>": None,
        "not an address": "not an address",
    })  # fmt: skip


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("a@b.org", True), ("first.last+tag@sub.example.co", True), ("o'brien@example.org", True),
        ("a@xn--bcher-kva.example", True), ("a" * 64 + "@b.org", True),
        ("a@b", False), ("a@@b.org", False), ("a.b.org", False), ("@b.org", False), ("a@", False),
        ("a b@c.org", False), (".a@b.org", False), ("a.@b.org", False), ("a..b@c.org", False),
        ("a@-b.org", False), ("a@b-.org", False), ("a@b..org", False), ("a@b.1", False), ("a@b.org\n", False),
        ("a" * 65 + "@b.org", False), ("a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 63, False),
    ],
)  # fmt: skip
def test_validity(spark: SparkSession, address: str, valid: bool) -> None:
    assert apply(spark, is_valid_email, [address]) == [valid]


def test_validity_of_nothing_is_unknown(spark: SparkSession) -> None:
    assert apply(spark, is_valid_email, [None]) == [None]


odd = st.text(alphabet=st.one_of(st.sampled_from("<>@ mailto:.;,'\"aA"), st.characters(codec="utf-8")))


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(odd, min_size=1, max_size=60))
def test_email_twice_is_email_once(spark: SparkSession, texts: list[str]) -> None:
    once = apply(spark, clean, texts)
    assert apply(spark, clean, once) == once
