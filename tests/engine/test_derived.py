"""When a table is current, when it can be changed in parts, and when it is computed anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.engine.derived import DerivedTables, Plan, _code

ROWS = "source_key STRING, n BIGINT"
PARTS = {"the rules": ["a"], "the program": ["customer_360.privacy"]}


class Lake:
    """A source table and one that is computed from it."""

    def __init__(self, spark: SparkSession, root: Path) -> None:
        self.spark, self.root = spark, root
        self.read_from = self.table("gold/read_from", "append")
        self.made = DeltaTableDataset(
            filepath=str(root / "Tables/gold/made"), mode="upsert", keys=["source_key"]
        )
        self.read_from.save(self.frame(("a", 1)))
        self.made.save(self.plan().all(self.frame(("a", 1))))

    def table(self, name: str, mode: str) -> DeltaTableDataset:
        return DeltaTableDataset(filepath=str(self.root / "Tables" / name), mode=mode)

    def frame(self, *rows: tuple[str, int]) -> Any:
        return self.spark.createDataFrame(list(rows), ROWS)

    def plan(self, *, rebuild: bool = False, **options: Any) -> Plan:
        given: dict[str, Any] = {"reads": ["gold/read_from"], "parts": PARTS, **options}
        return DerivedTables(str(self.root), rebuild=rebuild).plan("gold/made", **given)

    def content(self) -> list[tuple[Any, ...]]:
        return sorted(tuple(row) for row in self.made.load().collect())


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    return Lake(spark, tmp_path)


def test_nothing_has_changed(lake: Lake) -> None:
    plan = lake.plan()
    assert plan.is_current and not plan.is_anew
    version = (
        lake.made._columns_there()
        and DerivedTables(str(lake.root)).plan("gold/made", reads=[], parts={}).expects
    )
    lake.made.save(plan.nothing())
    assert lake.plan().expects == version


def test_what_came_is_known(lake: Lake, spark: SparkSession) -> None:
    lake.read_from.save(lake.frame(("b", 2)))
    plan = lake.plan()
    assert not plan.is_current and plan.changed == {"gold/read_from"}
    later = DerivedTables(str(lake.root)).appended(spark, "gold/read_from", plan.since("gold/read_from"))
    assert later is not None
    assert [tuple(row) for row in later.collect()] == [("b", 2)]


ANEW: dict[str, tuple[Callable[[Lake], Plan], str]] = {
    "a part of the configuration": (
        lambda lake: lake.plan(parts={**PARTS, "the rules": ["a", "b"]}),
        "the rules changed",
    ),
    "the program": (
        lambda lake: lake.plan(parts={**PARTS, "the program": ["customer_360.schemas"]}),
        "the program changed",
    ),
    "other tables": (lambda lake: lake.plan(reads=[]), "they depend on other tables than before"),
    "asked for": (lambda lake: lake.plan(rebuild=True), "rebuild=true"),
}


@pytest.mark.parametrize("case", ANEW.values(), ids=ANEW)
def test_why_a_table_is_computed_anew(lake: Lake, case: tuple[Callable[[Lake], Plan], str]) -> None:
    plan = case[0](lake)
    assert plan.is_anew and plan.note == case[1]
    assert plan.since("gold/read_from") is None


def test_a_docstring_computes_nothing_anew(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "made_up_room"
    package.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    parts = {"the program": ["made_up_room"]}
    for text, anew in (
        ('"""What it does."""\nX = 1\n', True),
        ('"""What it does, in other words."""\n\n\n# a comment\nX = 1\n', False),
        ("X = 2\n", True),
    ):
        (package / "__init__.py").write_text(text)
        _code.cache_clear()
        plan = lake.plan(parts=parts)
        assert plan.is_anew == anew
        lake.made.save(plan.all(lake.frame(("a", 1))) if anew else plan.nothing())


def test_a_table_that_somebody_changed_is_computed_anew(lake: Lake) -> None:
    lake.table("gold/made", "append").save(lake.frame(("x", 9)))
    assert lake.plan().note == "they are not as the last run has left them"


def test_a_table_whose_memory_is_gone_is_computed_anew(lake: Lake) -> None:
    [memory] = (lake.root / "Files/state/tables").iterdir()
    memory.write_text(memory.read_text()[:20])
    assert lake.plan().note == "nothing says what they were computed from"
    memory.unlink()
    assert lake.plan().is_anew


def test_a_run_killed_between_table_and_memory(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.read_from.save(lake.frame(("b", 2)))
    plan = lake.plan()
    with monkeypatch.context() as patch, pytest.raises(DatasetError, match="power cut"):
        patch.setattr("customer_360.datasets.delta.write_basis", _power_cut)
        lake.made.save(plan.changes(lake.frame(("b", 2)), lake.frame(("b", 2)).select("source_key")))
    assert lake.plan().is_anew


def _power_cut(*_: object) -> None:
    raise RuntimeError("power cut")


def test_parts_may_concern_some_of_the_rows(lake: Lake) -> None:
    plan = lake.plan(parts={**PARTS, "the rules": ["b"]}, by_part=True)
    assert not plan.is_anew and plan.other == {"the rules"} and not plan.is_current
    assert not lake.plan(reads=["gold/read_from", "gold/new"], by_part=True).is_anew


CHANGES: dict[str, tuple[list[tuple[str, int]], list[str], list[tuple[str, int]]]] = {
    "one comes": ([("b", 2)], ["b"], [("a", 1), ("b", 2)]),
    "one changes": ([("a", 5)], ["a"], [("a", 5)]),
    "one goes": ([], ["a"], []),
    "one goes that was not there": ([], ["q"], [("a", 1)]),
    "all at once": ([("b", 2), ("c", 3)], ["a", "b", "c"], [("b", 2), ("c", 3)]),
}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_changes(
    lake: Lake, spark: SparkSession, case: tuple[list[tuple[str, int]], list[str], list[tuple[str, int]]]
) -> None:
    rows, touched, after = case
    lake.read_from.save(lake.frame(("b", 2)))
    plan = lake.plan()
    keys = spark.createDataFrame([(key,) for key in touched], "source_key STRING")
    lake.made.save(plan.changes(lake.frame(*rows), keys))
    assert lake.content() == after
    assert lake.plan().is_current


def test_changes_of_another_version_are_refused(lake: Lake) -> None:
    plan = lake.plan()
    lake.table("gold/made", "append").save(lake.frame(("x", 9)))
    with pytest.raises(DatasetError, match="has changed since it was read"):
        lake.made.save(plan.changes(lake.frame(("b", 2)), lake.frame(("b", 2)).select("source_key")))
    assert lake.content() == [("a", 1), ("x", 9)]
