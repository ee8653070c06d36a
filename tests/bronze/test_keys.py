from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from support.bronze_log import changes_of

from customer_360 import schemas
from customer_360.bronze.change_log import BRONZE_COLUMNS, current_records
from customer_360.bronze.keys import GIVEN, MADE_UP, REPEATED, field_text, key_kind
from customer_360.parameters.ingestion import SourceIngestion

BRONZE = schemas.BRONZE.ddl
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def line(record: Any) -> str:
    return json.dumps(record, sort_keys=True, separators=(",", ":"))


def digest(record: Any) -> str:
    return sha256(line(record).encode()).hexdigest()


def source(spark: SparkSession, records: list[Any]) -> DataFrame:
    return spark.createDataFrame([(line(record), "x") for record in records], "payload STRING, origin STRING")


def first_of(spark: SparkSession, records: list[Any]) -> DataFrame:
    changes = changes_of(source(spark, records), spark.createDataFrame([], BRONZE))
    assert changes is not None
    return changes


class Log:
    """A bronze table in memory. ``keys`` are those of the last pull, by record."""

    def __init__(self, spark: SparkSession, rows: list[Any] | None = None) -> None:
        self.spark, self.rows, self.runs = spark, rows or [], 0
        self.doubtful = 0

    def pull(self, *records: Any) -> dict[str, str]:
        self.runs += 1
        log = self.spark.createDataFrame(self.rows, BRONZE)
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=self.runs)
        changes = changes_of(source(self.spark, list(records)), log, run_id=f"r{self.runs}", at=at)
        rows = [] if changes is None else changes.collect()
        self.doubtful = sum(bool(row.key_in_doubt) for row in rows)
        assert not any(row.key_is_taken for row in rows)
        self.rows += [tuple(row[name] for name in BRONZE_COLUMNS) for row in rows]
        current = current_records(self.spark.createDataFrame(self.rows, BRONZE)).collect()
        keys = {row.payload: row.source_key for row in current}
        assert set(keys) == {line(record) for record in records}
        assert len(set(keys.values())) == len(keys) == len(current)
        return keys


# Any text is a key, and none is taken for one that was made up.
ODD = [
    "#5000", "C#1", "007", "7", "DE-1001", "AT-1001", "a0B5", "A0b5", "A0B5", "with  space", "äß漢", "it's", 'a"b',
    "a.b", "a:b", "x" * 3000, "null", "true", "0015000000abcde", "0015000000ABCDE", "1.0", "#", "##", "5#abcdef01",
]  # fmt: skip


def test_any_text_is_a_key(spark: SparkSession) -> None:
    records = [{"id": key, "v": "x"} for key in ODD]
    rows = first_of(spark, records).collect()
    assert sorted((row.source_key, row.key_kind) for row in rows) == sorted((key, GIVEN) for key in ODD)


@pytest.mark.parametrize(
    "blank", [{}, {"id": None}, {"id": ""}, {"id": " \t"}, {"id": "\u00a0\u200b"}], ids=str
)
def test_a_blank_key_is_marked_as_made_up(spark: SparkSession, blank: Any) -> None:
    [row] = first_of(spark, [blank]).collect()
    assert (row.source_key, row.key_kind) == ("#" + digest(blank)[:16], MADE_UP)


def test_keys_that_are_no_texts_are_the_text_that_they_are_in_json(spark: SparkSession) -> None:
    records = [
        {"id": 1, "v": 0},
        {"id": "1", "v": 1},
        {"id": 1.0},
        {"id": True},
        {"id": {"a": 1}},
        {"id": [1]},
    ]
    rows = first_of(spark, records).collect()
    kinds = sorted((row.key_kind, row.source_key.split("#")[0]) for row in rows)
    assert kinds == [(GIVEN, key) for key in ("1", "1.0", "[1]", "true", '{"a":1}')] + [(REPEATED, "1")]


@pytest.mark.parametrize("length", [8, 64])
def test_a_made_up_key_never_takes_a_given_one(spark: SparkSession, length: int) -> None:
    twins = [{"id": "5", "v": "a"}, {"id": "5", "v": "b"}]
    second = max(twins, key=digest)
    thief = {"id": f"5#{digest(second)[:length]}"}
    log = Log(spark)
    keys = log.pull(*twins, thief)
    assert len(set(keys.values())) == 3
    if length == 8:  # a key that a whole hash ends is the only form that gets one itself
        assert keys[line(thief)] == thief["id"]
        assert keys[line(second)] == f"5#{digest(second)}"
    assert log.pull(*twins, thief) == keys


def test_a_mark_can_be_worked_out_of_a_row(spark: SparkSession) -> None:
    twins = [{"id": "5", "v": "a"}, {"id": "5", "v": "b"}, {"id": "5#abcdef01"}, {"id": " #9 "}, {"id": None}]
    rows = first_of(spark, twins)
    again = key_kind(F.col("source_key"), F.col("payload"), "id").alias("again")
    assert all(row.key_kind == row.again for row in rows.select("key_kind", again).collect())


@pytest.mark.parametrize(
    ("field", "record"),
    [("a.b", {"a.b": "k"}), ("a.b", {"a": {"b": "k"}}), ("a b", {"a b": "k"}), ("@id", {"@id": "k"}),
     ('a"b', {'a"b': "k"}), ("$id", {"$id": "k"}), ("Größe", {"Größe": "k", "größe": "other"})],
)  # fmt: skip
def test_a_key_field_of_any_name(spark: SparkSession, field: str, record: Any) -> None:
    payload = json.dumps(record, sort_keys=True)
    frame = spark.createDataFrame([(payload,)], "payload STRING")
    assert frame.select(field_text(F.col("payload"), field)).collect()[0][0] == "k"
    assert SourceIngestion(key_field=field).key_field == field


@pytest.mark.parametrize("field", ["", "a'b", "a[0]", "*", "a?", "a\\b", "a\n"])
def test_a_key_field_that_no_path_can_name_is_refused(field: str) -> None:
    with pytest.raises(ValidationError):
        SourceIngestion(key_field=field)


# ------------------------------------------------------------------------------------- keys do not change hands
ANN = {"id": "5", "name": "Ann Lee", "street": "1 Elm", "city": "Ulm", "tax": "A1"}
BOB = {"id": "5", "name": "Bob Ray", "street": "9 Oak", "city": "Bern", "tax": "B2"}
CY = {"id": "5", "name": "Cy Orr", "street": "3 Ash", "city": "Graz", "tax": "C3"}


@pytest.mark.parametrize("edited", [ANN, BOB])
@pytest.mark.parametrize("city", ["Köln", "Rome"])
def test_who_is_edited_keeps_the_key_and_so_does_the_other(
    spark: SparkSession, edited: Any, city: str
) -> None:
    log = Log(spark)
    first = log.pull(ANN, BOB)
    other = BOB if edited is ANN else ANN
    after = {"id": "5", "name": "X", "city": city, "tax": "?", "street": "?"}  # nothing stays but the key
    second = log.pull(after, other)
    assert second == {line(other): first[line(other)], line(after): first[line(edited)]}
    assert log.doubtful == 0
    assert log.pull(other, after) == second


def test_who_leaves_takes_the_key_along(spark: SparkSession) -> None:
    log = Log(spark)
    first = log.pull(ANN, BOB)
    assert log.pull(BOB) == {line(BOB): first[line(BOB)]}
    third = log.pull(BOB, CY)
    assert third[line(BOB)] == first[line(BOB)]
    assert third[line(CY)] not in first.values()


def test_of_two_that_change_together_the_content_tells_which_is_which(spark: SparkSession) -> None:
    log = Log(spark)
    first = log.pull(ANN, BOB)
    ann, bob = ANN | {"city": "Köln"}, BOB | {"street": "10 Oak"}
    second = log.pull(ann, bob, CY)
    assert (second[line(ann)], second[line(bob)]) == (first[line(ANN)], first[line(BOB)])
    assert second[line(CY)] not in first.values()


def test_of_two_that_nothing_tells_apart_neither_gets_a_known_key(spark: SparkSession) -> None:
    log = Log(spark)
    first = log.pull(ANN, BOB)
    second = log.pull(*[{"id": "5", "name": name} for name in ("Y", "Z")])
    assert not set(second.values()) & set(first.values())
    assert log.doubtful == 2


def test_a_lakehouse_of_before_keeps_its_keys(spark: SparkSession) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    keys = {line(ANN): "5", line(BOB): "5#" + digest(BOB)[:8], line({"v": 1}): "#" + digest({"v": 1})[:16]}
    rows = [
        (key, text, sha256(text.encode()).hexdigest(), "insert", "x", "r", at) for text, key in keys.items()
    ]
    log = Log(spark, rows)
    assert log.pull(ANN, BOB, {"v": 1}) == keys
    assert len(log.rows) == len(rows)
    frame = current_records(spark.createDataFrame(log.rows, BRONZE))
    kinds = frame.select("source_key", key_kind(F.col("source_key"), F.col("payload"), "id").alias("kind"))
    assert {row.kind for row in kinds.collect()} == {GIVEN, REPEATED, MADE_UP}


PEOPLE = st.lists(st.sampled_from(["ann", "bob", "cy"]), min_size=1, max_size=3, unique=True)


@QUICK
@given(
    days=st.lists(
        st.tuples(
            PEOPLE, st.dictionaries(st.sampled_from(["ann", "bob", "cy"]), st.integers(0, 3), max_size=2)
        ),
        min_size=2,
        max_size=4,
    )
)
def test_a_key_never_goes_from_one_person_to_another(spark: SparkSession, days: list[Any]) -> None:
    """Three people of one number, each with fields of their own, come, go and are edited in any order."""
    log, holders, versions = Log(spark), dict[str, str](), dict.fromkeys(("ann", "bob", "cy"), 0)
    before: dict[str, str] = {}
    for there, edits in days:
        versions |= edits
        records = {
            name: {"id": "5", "v": versions[name]} | {f"f{part}": f"{name}{part}" for part in range(5)}
            for name in there
        }
        keys = log.pull(*records.values())
        now = {name: keys[line(record)] for name, record in records.items()}
        for name, key in now.items():
            stayed = set(before) & set(now)
            assert holders.get(key, name) == name or name not in stayed, (before, now)
            if name in stayed:
                assert before[name] == key
        holders |= {key: name for name, key in now.items()}
        before = now
