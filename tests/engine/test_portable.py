from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.engine import portable

CASES = [("12", 12), ("x", None), ("", None), (None, None), ("99999999999999999999", None)]


def test_try_cast_gives_null_for_what_is_none(spark: SparkSession) -> None:
    frame = spark.createDataFrame(CASES, "text STRING, expected BIGINT")
    found = frame.select(portable.try_cast(F.col("text"), "bigint").alias("value"), "expected").collect()
    assert [row.value for row in found] == [row.expected for row in found]


def test_null_if_of_spark_3_5_is_that_of_spark_4(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = spark.createDataFrame([("a",), ("",), (None,)], "text STRING")
    now = frame.select(portable.null_if(F.col("text"), F.lit(""))).collect()
    monkeypatch.setattr(portable, "has_try_cast", lambda: False)
    assert frame.select(portable.null_if(F.col("text"), F.lit(""))).collect() == now


@pytest.mark.parametrize("word", [".try_cast(", "fromDDL(", "F.nullif("])
def test_what_spark_3_5_lacks_is_in_one_place(project: Path, word: str) -> None:
    """Fabric Runtime 1.3 runs the same code."""
    users = [path.name for path in (project / "src").rglob("*.py") if word in path.read_text()]
    assert users == ["portable.py"]
