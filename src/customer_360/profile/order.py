"""Order of the records of one customer: the same in every run and on every engine."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_NUMBER = r"^[0-9]+$"


def record_order(confidence: Column, source_key: Column) -> list[Column]:
    """Sort key: the surer link first, then the lower key - numbers by value, before texts.

    Numbers are compared by length and digits, which needs no cast and knows no largest number.

    Returns:
        Columns to sort by in ascending order: ``doubt``, ``is_text``, ``digits``, ``number``, ``source_key``.
    """
    is_number = F.coalesce(source_key.rlike(_NUMBER), F.lit(False))
    number = F.when(is_number, F.regexp_replace(source_key, r"^0+", "")).otherwise(F.lit(""))
    return [
        (F.lit(1.0) - F.coalesce(confidence, F.lit(0.0))).alias("doubt"),
        F.when(is_number, 0).otherwise(1).alias("is_text"),
        F.length(number).alias("digits"),
        number.alias("number"),
        source_key.alias("source_key"),
    ]
