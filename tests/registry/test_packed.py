from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from customer_360.registry.packed import ascending, descending, packed, unpacked

ROWS = st.lists(
    st.tuples(st.integers(0, 10**12), st.sampled_from(["", "a", "b"]), st.text(st.characters(codec="ascii"))),
    min_size=1,
    max_size=30,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_packed_values_sort_as_the_values_do_and_come_back(
    spark: SparkSession, rows: list[tuple[int, str, str]]
) -> None:
    frame = spark.createDataFrame(rows, "n BIGINT, word STRING, rest STRING")
    read = frame.select(
        "*", packed(ascending("n"), "word", "rest").alias("up"), packed(descending("n"), "rest").alias("down")
    )
    parts = [unpacked("up", position, of=3) for position in range(3)]
    for row in read.select(
        "*", parts[0].cast("bigint").alias("a"), parts[1].alias("b"), parts[2].alias("c")
    ).collect():
        assert (row.a, row.b, row.c) == (row.n, row.word or None, row.rest or None)
    found = read.collect()
    assert [(r.n, r.word) for r in sorted(found, key=lambda r: r.up)] == sorted(
        (n, word) for n, word, _ in rows
    )
    assert [r.n for r in sorted(found, key=lambda r: r.down)] == sorted((n for n, *_ in rows), reverse=True)
