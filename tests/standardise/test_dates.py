from __future__ import annotations

from datetime import date as day

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from sources.bronze_frames import apply, cases

from customer_360.standardise import date
from customer_360.standardise.dates import date_regex

PATTERNS = ("y-M-d", "MM/dd/yyyy", "d.M.y")


def test_date(spark: SparkSession) -> None:
    cases(spark, lambda text: date(text, PATTERNS), {
        "1996-5-30": day(1996, 5, 30), "1996-05-30": day(1996, 5, 30), " 1996-5-3 ": day(1996, 5, 3),
        "03/01/2023": day(2023, 3, 1), "3/1/2023": day(2023, 3, 1), "30.5.1996": day(1996, 5, 30),
        "2024-05-30T12:00:00Z": day(2024, 5, 30), "2024-05-30 12:00:00.123+02:00": day(2024, 5, 30),
        "2024-02-29": day(2024, 2, 29), "2023-02-29": None, "1990-2-31": None, "1985-13-7": None,
        "13/45/2024": None, "0000-00-00": None, "0001-01-01": None, "96-5-30": None, "1996-5-30x": None,
        "yesterday": None, "": None, None: None, "1996-5-30\n": day(1996, 5, 30), "١٩٩٦-٥-٣": None,
    })  # fmt: skip


def test_the_first_pattern_that_fits_wins(spark: SparkSession) -> None:
    assert apply(spark, lambda text: date(text, ("M/d/y", "d/M/y")), ["2/3/2024", "13/3/2024"]) == [
        day(2024, 2, 3),
        day(2024, 3, 13),
    ]


@pytest.mark.parametrize("pattern", ["", "y-M", "y-M-M", "yMd", "y-M-d H", "y-M-d-", "-y-M-d", "y-M-x"])
def test_a_bad_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="expected y, M and d once each"):
        date_regex(pattern)


@settings(max_examples=10, deadline=None)
@given(texts=st.lists(st.text(alphabet="0123456789-/. T:Z", max_size=12), min_size=1, max_size=80))
def test_date_never_raises(spark: SparkSession, texts: list[str]) -> None:
    assert len(apply(spark, lambda text: date(text, PATTERNS), texts)) == len(texts)
