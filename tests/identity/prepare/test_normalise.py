from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.identity.prepare.normalise import comparable_value

CASES = {
    "number": {
        "12": "12", " 0012 ": "12", "C-0012": "12", "12.0": "12", "12 345": "12345", "12-34": "1234",
        "000": "0", "No. 7": "7", "12.5": None, "1e3": None, "#1a2b": None, "12#3c4d5e6f": None,
        "": None, "  ": None, "none": None, None: None,
        "98765432109876543210987": "98765432109876543210987",
    },
    "email": {
        " Ann@Example.COM ": "ann@example.com", "a.b+c@x.io": "a.b+c@x.io", "ann@example": None,
        "ann example.com": None, "a@b@c.d": None, "a b@c.d": None, "": None, None: None,
    },
    "text": {" Ab \t c ": "ab c", "": None, "   ": None, None: None, "#1": "#1"},
}  # fmt: skip


@pytest.mark.parametrize("how", CASES)
def test_values_are_brought_into_one_form(spark: SparkSession, how: str) -> None:
    frame = spark.createDataFrame([(value,) for value in CASES[how]], "value STRING")
    rows = frame.select("value", comparable_value(F.col("value"), how).alias("form")).collect()  # type: ignore[arg-type]
    assert {row["value"]: row["form"] for row in rows} == CASES[how]


def test_a_number_column_is_compared_like_its_text(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(12, 12.0)], "whole BIGINT, floating DOUBLE")
    row = frame.select(
        *[comparable_value(F.col(name), "number").alias(name) for name in frame.columns]
    ).first()
    assert row is not None and row.asDict() == {"whole": "12", "floating": "12"}
