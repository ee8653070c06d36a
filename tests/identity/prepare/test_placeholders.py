"""Values that stand for nothing prove nothing."""

from __future__ import annotations

import pytest
from feature_values import features_of
from pyspark.sql import SparkSession

NOTHING: list[tuple[str, str]] = [
    *[
        ("birth_date", text)
        for text in (
            "1900-01-01", "01/01/1900", "19000101", "1900-01-01 00:00:00", "1900-01-01T00:00:00Z", "1970-01-01",
            "0001-01-01", "9999-12-31", "1899-12-30", "2999-12-31", "2101-05-06", "0000-00-00", "1950-00-00",
            "1753-01-01", "unknown", "N/A", "-",
        )
    ],
    *[
        ("email", text)
        for text in (
            "test@test.com", "TEST@TEST.COM", "noreply@shop.org", "no-reply@shop.org", "No.Reply+x@shop.org",
            "none@none.none", "someone@none.none", "nobody@mail.org", "na@na.na", "unknown@mail.org",
            "donotreply@bank.org", "do-not-reply@bank.org", "n/a", "none", "ann at home", "test@example.com",
        )
    ],
    *[
        (name, text)
        for name in ("given_name", "family_name")
        for text in ("Test", "TEST", "Unknown", "N/A", "n.a.", "NULL", "Do Not Use", "XXX", "xx", "-", "?", "...", "12")
    ],
    *[("given_name", text) for text in ("Baby Boy", "baby-girl", "Mr", "Mr.", "Mrs", "Dr. med.", "FNU")],
    *[("family_name", text) for text in ("LNU", "Mr")],
    *[("street", text) for text in ("unknown", "None", "n/a", "N.A.", "XXX", "xxxx xxx", "No Fixed Abode", "--")],
    *[("city", text) for text in ("N/A", "unknown", "XXXX", "unbekannt")],
    *[("postal_code", text) for text in ("00000", "99999", "N/A")],
]  # fmt: skip

SOMETHING: list[tuple[str, str]] = [
    # defaults that could be true, and values that look like some
    *[
        ("birth_date", text)
        for text in (
            "2000-01-01", "1950-01-01", "1900-05-06", "2029-10-11", "1638-12-02",
            # cut short or mistyped: month or day is none, and the rest is somebody's
            "1994--0-3-", "1979--1-0-", "1996-05-00", "1993-00-42", "1924-06-00", "2001-13-41",
        )
    ],
    *[
        ("email", text)
        for text in ("ann@example.com", "info@shop.org", "testa@mail.org", "nora@mail.org", "anna@mail.org")
    ],
    *[("given_name", text) for text in ("Li", "Bo", "Xi", "Nan", "Testa", "Oo", "明", "О")],
    *[("family_name", text) for text in ("Ng", "O", "Noone", "Testa", "Nullmann", "Li")],
    *[("house_number", text) for text in ("1", "111", "1234", "12345", "999")],
    *[("postal_code", text) for text in ("11111", "12345", "1010")],
    *[("customer_number", text) for text in ("1", "111", "12345", "999999")],
]  # fmt: skip


def test_placeholders_are_null_and_others_are_not(spark: SparkSession) -> None:
    found = features_of(spark, [{name: text} for name, text in [*NOTHING, *SOMETHING]])
    values = [
        (name, text, row[name]) for (name, text), row in zip([*NOTHING, *SOMETHING], found, strict=True)
    ]
    assert [item for item in values[: len(NOTHING)] if item[2] is not None] == []
    assert [item for item in values[len(NOTHING) :] if item[2] is None] == []


@pytest.mark.parametrize("text", ["Unknown Unknown", "Test Test", "N/A", "XXX", "Dr. Test Test"])
def test_a_full_name_of_placeholders_is_no_name(spark: SparkSession, text: str) -> None:
    [row] = features_of(spark, [{"full_name": text}])
    assert row["given_name"] is None and row["family_name"] is None
