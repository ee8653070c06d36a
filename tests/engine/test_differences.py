from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from customer_360.engine.differences import differing_rows

SCHEMA = "k STRING, a STRING, b ARRAY<STRING>, c DOUBLE"
ROWS = st.dictionaries(
    st.sampled_from("abcd"),
    st.tuples(
        st.sampled_from([None, "", "x", "y"]),
        st.sampled_from([None, [], ["x"], ["x", None]]),
        st.sampled_from([None, 0.0, 1.5]),
    ),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(now=ROWS, before=ROWS)
def test_the_rows_that_differ(spark: SparkSession, now: dict[str, Any], before: dict[str, Any]) -> None:
    frames = [
        spark.createDataFrame([(key, *row) for key, row in rows.items()], SCHEMA) for rows in (now, before)
    ]
    found = {row.k: row for row in differing_rows(*frames, ["k"]).collect()}
    keys = {key for key in {*now, *before} if now.get(key) != before.get(key)}
    assert set(found) == keys
    for key, row in found.items():
        assert row.is_there == (key in now)
        if row.is_there:
            assert tuple(row)[1:4] == now[key]


def test_a_column_that_was_not_there_counts_as_unknown_so_far(spark: SparkSession) -> None:
    now = spark.createDataFrame([("a", "x", None), ("b", "x", "y")], "k STRING, a STRING, n STRING")
    before = spark.createDataFrame([("a", "x"), ("b", "x")], "k STRING, a STRING")
    assert [row.k for row in differing_rows(now, before, ["k"]).collect()] == ["b"]
