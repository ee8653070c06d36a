from __future__ import annotations

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from sources.bronze_frames import cases

from customer_360.standardise import coordinate_pair, coordinates, count


def test_count(spark: SparkSession) -> None:
    cases(spark, count, {
        "0": 0, "12": 12, " 7 ": 7, "+3": 3, "3.0": 3, "007": 7, "999999999999999999": 999999999999999999,
        "-1": None, "3.5": None, "1e3": 1000, "1.5E1": 15, "1.25e1": None, "1E-3": None, "1e400": None, "1e16": None,
        "x": None, "": None, None: None, "9" * 30: None, "NaN": None,
    })  # fmt: skip


def test_coordinate_pair(spark: SparkSession) -> None:
    nothing = (None, None)
    cases(spark, coordinate_pair, {
        "22.815468 : 115.608581": (22.815468, 115.608581), "-77.16213 : -92.084824": (-77.16213, -92.084824),
        "1,2": (1.0, 2.0), "1 2": (1.0, 2.0), "90 : -180": (90.0, -180.0),
        "91 : 10": nothing, "10 : 181": nothing, "10 :": nothing, ": 10": nothing, "10": nothing,
        "a : b": nothing, "1 : 2 : 3": nothing, "": nothing, None: nothing, "NaN : 1": nothing,
    })  # fmt: skip


def test_coordinates_are_both_or_none(spark: SparkSession) -> None:
    def beside_ten(column: Column) -> Column:
        return coordinates(column, F.lit("10"))

    cases(spark, beside_ten, {
        "5": (5.0, 10.0), "1e-05": (1e-05, 10.0), "1.0E-5": (1e-05, 10.0), "-90": (-90.0, 10.0),
        "90.0001": (None, None), "x": (None, None), None: (None, None), "Infinity": (None, None),
    })  # fmt: skip
