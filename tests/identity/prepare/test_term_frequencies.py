"""Term frequencies, against counting them one by one."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest
from enrichment_frames import identity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.engine.scratch import KeptTables, Scratch
from customer_360.identity.compare.layout import BINS
from customer_360.identity.prepare.term_frequencies import (
    FREQUENCIES,
    FREQUENCY_SCHEMA,
    Frequencies,
    count_records,
    with_frequencies,
    with_known_frequencies,
)
from customer_360.parameters.identity import IdentityModel

SCHEMA = "rid BIGINT, city STRING, street STRING"
Rows = list[tuple[int, str | None, str | None]]


def model() -> IdentityModel:
    """Two term_frequencies, of which neither is about values of one's own."""
    return identity().model_copy(update={"term_frequencies": {"city": "city", "street": "lower(street)"}})


def expected_bin(n: int, known: int) -> int:
    """The documented one: 0 from a share of 1 in 64 on (three records at least), one more for each factor of 4."""
    if n == 1:
        return BINS - 1
    commonest = max(known / 64, 2**1.5)
    at = math.floor(round(math.log2(commonest / n), 9) / 2) + 1
    return min(max(at, 0), BINS - 1)


def counted(
    spark: SparkSession, folder: Path, rows: Rows
) -> tuple[DataFrame, dict[str, Frequencies], DataFrame]:
    """The records with their bins, the frequencies, and the table of the values that several have."""
    frame, tables = spark.createDataFrame(rows, SCHEMA), KeptTables(str(folder / "kept"))
    known = count_records(frame.withColumn("source", F.lit("a")), model()).known
    found, frequencies = with_frequencies(
        frame, model(), known, scratch=Scratch(str(folder / "scratch")), tables=tables
    )
    return found, frequencies, tables.read(spark, FREQUENCIES, FREQUENCY_SCHEMA)


def check(spark: SparkSession, folder: Path, rows: Rows) -> None:
    found, frequencies, _ = counted(spark, folder, rows)
    by_rid = {row.rid: row for row in found.collect()}
    assert by_rid.keys() == {rid for rid, _, _ in rows}
    for name, values in {
        "city": {rid: city for rid, city, _ in rows},
        "street": {rid: street.lower() if street is not None else None for rid, _, street in rows},
    }.items():
        given_values = {rid: value for rid, value in values.items() if value}
        counts, known = Counter(given_values.values()), len(given_values)
        records, pairs = [0] * BINS, [0.0] * BINS
        for n in counts.values():
            records[expected_bin(n, known)] += n
            pairs[expected_bin(n, known)] += n * (n - 1) / 2
        frequency = frequencies[name]
        assert frequency.known == known
        assert frequency.records == tuple(records)
        assert frequency.pairs == tuple(pairs)
        assert frequency.shared == max(counts.values(), default=1)
        for rid, value in given_values.items():
            assert by_rid[rid][f"{name}_frequency_bin"] == expected_bin(counts[value], known), (name, value)


VALUES = st.one_of(
    st.none(), st.sampled_from(["", "Ulm", "ulm", "Ü", "Köln", "a b", "x"]), st.text(max_size=2)
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(VALUES, st.sampled_from(["A", "a", "B", None])), max_size=40))
def test_they_are_what_counting_gives(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str | None, str | None]]
) -> None:
    rows = [(number, city, street) for number, (city, street) in enumerate(values)]
    check(spark, tmp_path_factory.mktemp("frequency"), rows)


def test_from_common_to_rare(spark: SparkSession, tmp_path: Path) -> None:
    """A hundred thousand records: every bin has a value."""
    sizes = {"capital": 60_000, "b": 1_500, "c": 400, "d": 90, "e": 25, "f": 6, "g": 2, "h": 1}
    rows = [(0, name, None) for name, n in sizes.items() for _ in range(n)]
    rows += [(0, None, None)] * 38_000
    rows = [(number, city, street) for number, (_, city, street) in enumerate(rows)]
    check(spark, tmp_path, rows)
    known = sum(sizes.values())
    assert [expected_bin(n, known) for n in sizes.values()] == sorted(
        expected_bin(n, known) for n in sizes.values()
    )


def test_later_records_are_looked_up_as_they_were_counted(spark: SparkSession, tmp_path: Path) -> None:
    rows: Rows = [(n, "Ulm" if n < 50 else f"city {n}", "A") for n in range(200)]
    first, _, table = counted(spark, tmp_path, rows)
    later: Rows = [(1000, "Ulm", "a"), (1001, "city 60", "B"), (1002, "never seen", None), (1003, None, "A")]
    found = with_known_frequencies(spark.createDataFrame(later, SCHEMA), model(), table)
    by_rid = {row.rid: (row.city_frequency_bin, row.street_frequency_bin) for row in found.collect()}
    of_first = {row.rid: (row.city_frequency_bin, row.street_frequency_bin) for row in first.collect()}
    rarest = BINS - 1
    assert by_rid[1000] == of_first[0]
    assert by_rid[1001] == (rarest, rarest)
    assert by_rid[1002] == (rarest, rarest)
    assert by_rid[1003] == (rarest, of_first[0][1])
