"""What is kept is there for as long as it is needed (on JVM Spark: tests/identity/test_branches_on_jvm_spark)."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from customer_360.engine.scratch import KeptTables, Scratch


@pytest.mark.parametrize("rows", [[(1, "a"), (2, None)], []], ids=["rows", "no rows"])
def test_a_kept_frame_is_the_same(spark: SparkSession, tmp_path: Path, rows: list[tuple[int, str]]) -> None:
    scratch, frame = Scratch(str(tmp_path / "work")), spark.createDataFrame(rows, "n INT, text STRING")
    with scratch:
        one, other = scratch.keep(frame, "kept"), scratch.keep(frame.limit(0), "kept")
        assert sorted(one.collect()) == sorted(frame.collect())
        assert (one.schema, other.count()) == (frame.schema, 0)  # two of one name are two
    assert one.count() == len(rows)  # files stay until they are removed
    scratch.remove()
    assert not (tmp_path / "work").exists()


def test_tables_with_names_are_there_for_others(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.range(3).withColumnRenamed("id", "n")
    with KeptTables(str(tmp_path)) as tables:
        tables.keep(frame, "numbers")
    others = KeptTables(str(tmp_path))
    assert sorted(row.n for row in others.read(spark, "numbers", "n BIGINT").collect()) == [0, 1, 2]
    assert others.read(spark, "nothing", "n BIGINT").collect() == []
