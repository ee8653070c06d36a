"""Runs that work on what has changed leave the tables that computing everything leaves."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from support.runs import RUN_COLUMNS, content, tables
from support.world import World

# Written by each run: what it counted, and what it published.
_OF_EVERY_RUN = {"gold/run_manifest", "gold/run_report_history"}


def versions(lakehouse: Path) -> dict[str, int]:
    names = [*tables(lakehouse), *_OF_EVERY_RUN]
    return {name: DeltaTable(str(lakehouse / "Tables" / name)).version() for name in names}


def written(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name, version in after.items() if version != before.get(name)}


def rounded(value: Any) -> Any:
    """Weights are sums: the order of adding shows in the last bit."""
    if isinstance(value, float):
        return round(value, 9)
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value


def check_rebuild(spark: SparkSession, world: World) -> None:
    """What the runs left is what all of it computed from bronze is."""
    left = content(spark, world.lakehouse)
    world.run(rebuild=True)
    found = content(spark, world.lakehouse)
    assert {name: rounded(rows) for name, rows in found.items()} == {
        name: rounded(rows) for name, rows in left.items()
    }


def check_silver(spark: SparkSession, world: World, folder: Path) -> None:
    """Silver and quarantine are those of a lakehouse that never saw anything but the systems as they are."""
    fresh = World(folder)
    fresh.users, fresh.erp, fresh.posts, fresh.tickets = world.users, world.erp, world.posts, world.tickets
    fresh.run("ingestion", "cleaning")
    silver = tables(world.lakehouse, "silver")
    ours, theirs = (content(spark, one.lakehouse, silver, without=RUN_COLUMNS) for one in (world, fresh))
    assert ours == theirs


def test_a_run_over_what_is_as_it_was_writes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    before, files = versions(world.lakehouse), content(spark, world.lakehouse)
    world.run()
    after = versions(world.lakehouse)
    assert written(before, after) == _OF_EVERY_RUN
    assert content(spark, world.lakehouse) == files


def test_a_run_writes_the_tables_that_a_change_concerns(spark: SparkSession, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    before = versions(world.lakehouse)
    world.tickets[3]["status"] = "closed"
    world.run()
    after = versions(world.lakehouse)
    assert written(before, after) - _OF_EVERY_RUN == {
        "bronze/support_tickets", "silver/support_tickets", "gold/customer_support_metrics", "gold/customer_360",
        "gold/run_report",
    }  # fmt: skip
    check_rebuild(spark, world)


@pytest.mark.parametrize("seed", [1, *[pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 8)]])
def test_any_sequence_of_runs_leaves_what_one_over_all_leaves(
    spark: SparkSession, tmp_path: Path, seed: int
) -> None:
    chance, world = random.Random(seed), World(tmp_path / "world")
    (tmp_path / "world").mkdir()
    (tmp_path / "fresh").mkdir()
    world.run()
    for _ in range(3):
        world.change(chance)
        parts: list[tuple[str, ...]] = [(), (), ("ingestion",), ("ingestion", "cleaning")]
        world.run(*chance.choice(parts))
    world.run()
    check_rebuild(spark, world)
    check_silver(spark, world, tmp_path / "fresh")


CONFIGURATION: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a survivorship order": (
        {"profile": {"attributes": {"phone": ["erp", "crm"]}}},
        {"gold/customer_profile"},
    ),
}
