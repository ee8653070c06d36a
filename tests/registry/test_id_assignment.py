"""What happens to ids, case by case. Clusters are written as lists; the letter of a record is its source."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession
from registry.worlds import CROSSWALK, Partition, Tables, parted

from customer_360.registry import resolve_id

A1, B1, C1, D1 = ("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")
Groups = list[list[str]]


CASES: list[Any] = [
    pytest.param([[["a1", "b1"], ["c1"]]], {"a1": "a1 b1", "c1": "c1"}, id="overlaps none: created"),
    pytest.param([[["b1"]], [["b1", "a1"]]], {"b1": "a1 b1"}, id="overlaps one: absorbs, id stays"),
    pytest.param(
        [[["a1"], ["b1", "b2"]], [["a1", "b1", "b2"]]], {"b1": "a1 b1 b2"}, id="merges into the larger"
    ),
    pytest.param([[["b1"]], [["b1"], ["a1"]], [["a1", "b1"]]], {"b1": "a1 b1"}, id="tie: the oldest"),
    pytest.param(
        [[["a1", "b1", "c1"]], [["a1"], ["b1", "c1"]]], {"a1": "b1 c1", "a1+": "a1"}, id="larger part keeps"
    ),
    pytest.param([[["a1", "b1"]], [["a1"], ["b1"]]], {"a1": "a1", "b1": "b1"}, id="tie: the least record"),
    pytest.param(
        [[["a1", "a2", "a3"], ["b1", "b2"]], [["a1", "a2"], ["a3", "b1"], ["b2"]]],
        {"a1": "a1 a2", "b1": "a3 b1", "b2": "b2"},
        id="records change hands",
    ),
    pytest.param(
        [[["a1", "a2", "a3", "a4", "a5"], ["b1", "b2"]], [["a1", "a2", "a3"], ["a4", "a5", "b1"], ["b2"]]],
        {"a1": "a1 a2 a3", "b1": "a4 a5 b1", "b2": "b2"},
        id="most of the cluster is of an id that stays elsewhere",
    ),
    pytest.param([[["a1"]], [], [["a1", "b1"]]], {"a1": "a1 b1"}, id="a retired customer comes back"),
    pytest.param([[["a1"]], [], [["b1"]]], {"b1": "b1"}, id="somebody else comes"),
    pytest.param(
        [[["a1"], ["b1"]], [["a1", "b1"]], [["a1"], ["b1"]]], {"a1": "a1", "b1": "b1"}, id="a merge undone"
    ),
    pytest.param(
        [[["a1", "a2"], ["b1"]], [["a1", "a2", "b1"]], [["a1", "a2", "b1", "b2", "b3", "b4"]],
         [["a1", "a2"], ["b1", "b2", "b3", "b4"]]],
        {"a1": "a1 a2", "b1": "b1 b2 b3 b4"},
        id="a merge undone after the merged part has grown",
    ),
    pytest.param(
        [[["a1"], ["b1"], ["c1", "c2", "c3"]], [["a1", "b1"], ["c1", "c2", "c3"]],
         [["a1", "b1", "c1", "c2", "c3"]], [["a1"], ["b1"], ["c1", "c2", "c3"]]],
        {"a1": "a1", "b1": "b1", "c1": "c1 c2 c3"},
        id="two merges undone at once",
    ),
    pytest.param(
        [[["a1"], ["c1"]], [["a1"], ["b1"], ["c1"], ["d1"]], [["a1", "b1"], ["c1", "d1"]], [["a1", "b1", "c1", "d1"]],
         [["a1", "b1"], ["c1", "d1"]]],
        {"a1": "a1 b1", "c1": "c1 d1"},
        id="only the last merge undone",
    ),
    pytest.param(
        [[["e1"]], [["e1"], ["a1", "a2"], ["b1", "b2"]], [["a1", "a2"], ["b1", "b2", "e1"]],
         [["a1", "a2"], ["e1"]], [["a1", "a2", "e1"]], [["a1", "a2"], ["e1"]]],
        {"a1": "a1 a2", "b1": "e1"},
        id="the merge undone is the last one, not an older one of the same records",
    ),
    pytest.param(
        [[["a1"], ["b1", "b2"], ["c1"]], [["a1", "b1", "b2"], ["c1"]], [["a1", "c1"], ["b1", "b2"]]],
        {"b1": "b1 b2", "c1": "a1 c1"},
        id="a merged part that a living customer takes up stays merged",
    ),
    pytest.param(
        [[["a1", "a2", "a3", "a4"], ["b1", "b2", "c1"]], [["a1", "a2", "a3", "a4", "b1", "b2"], ["c1"]],
         [["a1", "a2", "a3", "a4"], ["b1", "b2", "c1"]]],
        {"a1": "a1 a2 a3 a4", "b1": "b1 b2 c1"},
        id="a merge undone that split off a record",
    ),
]  # fmt: skip


def in_world(world: int, groups: Groups) -> Partition:
    """Clusters of one of the worlds that are resolved side by side; their records never meet."""
    return {
        (source, f"{key}@{world}"): f"{world}/{label}" for (source, key), label in parted(*groups).items()
    }


@pytest.fixture(scope="module")
def customers(spark: SparkSession) -> dict[int, dict[str, str]]:
    """For each case its customers at the end: the record that the id was first given for (again: +), their records."""
    tables = Tables(spark)
    histories = [case.values[0] for case in CASES]
    for number in range(max(map(len, histories))):
        clusters: Partition = {}
        for world, runs in enumerate(histories):
            clusters |= in_world(world, runs[min(number, len(runs) - 1)])
        tables.run(clusters)
    names: dict[str, str] = {}
    for row in sorted(tables.log.collect(), key=lambda row: row.sequence):
        if row.event in ("created", "split", "restored") and row.customer_id not in names:
            name = row.source + row.source_key
            names[row.customer_id] = name + ("+" if name in names.values() else "")
    found: dict[int, dict[str, list[str]]] = {world: {} for world in range(len(histories))}
    for (source, key), customer in tables.owners().items():
        record, _, world = key.partition("@")
        name = names[customer].replace(f"@{world}", "")
        found[int(world)].setdefault(name, []).append(source + record)
    return {
        world: {name: " ".join(sorted(records)) for name, records in named.items()}
        for world, named in found.items()
    }


@pytest.mark.parametrize(
    ("world", "expected"),
    [pytest.param(world, case.values[1], id=case.id) for world, case in enumerate(CASES)],
)
def test_who_keeps_the_id(customers: dict[int, dict[str, str]], world: int, expected: dict[str, str]) -> None:
    assert customers[world] == expected


def test_an_id_that_was_given_is_not_given_to_others(spark: SparkSession) -> None:
    """The larger part keeps the id that was made of a1; a1 alone needs another one."""
    tables = Tables(spark)
    tables.run(parted(["a1", "b1", "c1"]))
    first = tables.owners()[A1]
    tables.run(parted(["a1"], ["b1", "c1"]))
    owners = tables.owners()
    assert owners[B1] == owners[C1] == first
    assert owners[A1] not in (first, None)


def words(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return sorted((row["event"], row["source"]) for row in events)


def test_the_log_says_what_happened_and_why(spark: SparkSession) -> None:
    tables = Tables(spark)
    assert words(tables.run(parted(["a1", "b1"], ["c1"]))) == [
        ("absorbed", "b"), ("created", "a"), ("created", "c"),
    ]  # fmt: skip
    assert tables.run(parted(["c1"], ["b1", "a1"])) == []
    same = {(A1, C1): "same"}
    merged = tables.run(parted(["a1", "b1", "c1"]), same)
    assert words(merged) == [("absorbed", "c"), ("forced", "a"), ("merged", None)]
    [event] = [row for row in merged if row["event"] == "merged"]
    assert event["reason"] == "decision: same"
    [forced] = [row for row in merged if row["event"] == "forced"]
    assert forced["reason"] == "same: by ann 2026-01-01, seen"
    assert forced["customer_id"] == forced["other_customer_id"] == tables.owners()[A1]
    assert (forced["other_source"], forced["other_source_key"]) == C1
    assert tables.run(parted(["a1", "b1", "c1"]), same) == []
    undone = tables.run(parted(["a1", "b1"], ["c1"]))
    assert words(undone) == [("forced", "a"), ("split", "c")]
    assert {row["reason"] for row in undone} == {"lapsed", "decision lapsed: same"}
    assert words(tables.run(parted(["a1", "b1"]))) == [("left", "c"), ("retired", None)]
    assert all(row.reason for row in tables.log.collect())


def test_a_decision_that_takes_apart(spark: SparkSession) -> None:
    tables = Tables(spark)
    tables.run(parted(["a1", "b1", "c1"]))
    events = tables.run(parted(["a1", "b1"], ["c1"]), {(A1, C1): "different"})
    [split] = [row for row in events if row["event"] == "split"]
    assert split["reason"] == "decision: different"
    assert split["other_customer_id"] == tables.owners()[A1]
    assert split["customer_id"] == tables.owners()[C1]


def test_old_ids_name_todays_customer_without_chains(spark: SparkSession) -> None:
    tables = Tables(spark)
    tables.run(parted(["a1"], ["b1", "b2"], ["c1", "c2", "c3", "c4"]))
    a, b, c = (tables.owners()[record] for record in (A1, B1, C1))
    tables.run(parted(["a1", "b1", "b2"], ["c1", "c2", "c3", "c4"]))
    tables.run(parted(["a1", "b1", "b2", "c1", "c2", "c3", "c4"]))
    assert tables.resolved() == {a: (c, True), b: (c, True), c: (c, True)}
    tables.run(parted())
    assert tables.resolved() == {a: (c, False), b: (c, False), c: (c, False)}


def test_a_merged_id_follows_its_records(spark: SparkSession) -> None:
    tables = Tables(spark)
    tables.run(parted(["a1"], ["b1", "b2"], ["c1", "c2"]))
    a, c = tables.owners()[A1], tables.owners()[C1]
    tables.run(parted(["a1", "b1", "b2"], ["c1", "c2"]))
    events = tables.run(parted(["b1", "b2"], ["a1", "c1", "c2"]))
    assert tables.resolved()[a] == (c, True)
    assert ("merged", None) in words(events)


def test_the_ids_of_a_crosswalk_from_before_there_was_a_log_stay(spark: SparkSession) -> None:
    for writes in (0, 1, 2):
        tables = Tables(spark)
        tables.crosswalk = [("Cold", "a", "1", "key", 1.0), ("Cold", "b", "1", "key", 1.0)]
        tables.run(parted(["a1", "b1", "c1"], ["d1"]), killed_after=writes)
        tables.run(parted(["a1", "b1", "c1"], ["d1"]))
        assert [tables.owners()[record] for record in (A1, B1, C1)] == ["Cold"] * 3, writes
        assert tables.owners()[D1] != "Cold"
        adopted = [row for row in tables.log.collect() if row.reason == "taken over from the crosswalk"]
        assert [(row.sequence, row.run_id is None) for row in adopted] == [(1, False)] * 2
        assert tables.resolved()["Cold"] == ("Cold", True)


def test_nothing_in_nothing_out(spark: SparkSession) -> None:
    tables = Tables(spark)
    assert tables.run(parted()) == []
    assert tables.crosswalk == []
    assert resolve_id(tables.log).collect() == []
    assert spark.createDataFrame([], CROSSWALK).columns == [
        "customer_id", "source", "source_key", "method", "confidence",
    ]  # fmt: skip
