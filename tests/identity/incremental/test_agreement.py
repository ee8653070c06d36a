"""Resolving changes, one run after another, gives what resolving everything with the same model gives."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from enrichment_frames import identity
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from identity.people import SCHEMA, Record, people
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.resolver import Memory, Resolution, resolve
from customer_360.parameters.identity import IdentityModel

DECISIONS = "left_source STRING, left_key STRING, right_source STRING, right_key STRING, same BOOLEAN"
PAIR = ("left_source", "left_key", "right_source", "right_key")
Decision = tuple[str, str, str, str, bool]


def model(*, all_pairs: bool, everything_above: float = 1.0, **more: Any) -> IdentityModel:
    """Blocks so small that some cross their limit from one run to the next, unless all pairs are compared."""
    plain = identity().model_dump()
    plain["blocking"] |= {"all_pairs_up_to": 10**9 if all_pairs else 0, "max_block_size": 6}
    plain["incremental"] |= {
        "retrain_after": 100.0, "everything_above": everything_above, "compact_above": 0.5, **more,
    }  # fmt: skip
    return IdentityModel.model_validate(plain)


class Lakehouse:
    """Records, decisions and memory over several runs."""

    def __init__(self, spark: SparkSession, folder: Path, *, all_pairs: bool) -> None:
        self.spark, self.folder, self.all_pairs = spark, folder, all_pairs
        self.runs = 0
        self.memory = Memory(str(folder / "state"))

    def resolve(self, rows: list[Record], decisions: list[Decision] | None, **options: Any) -> Resolution:
        """Resolve, and leave the memory as it is."""
        self.runs += 1
        return resolve(
            self.spark.createDataFrame(rows, SCHEMA),
            model(all_pairs=self.all_pairs, **options),
            Scratch(str(self.folder / str(self.runs))),
            decisions=None if decisions is None else self.spark.createDataFrame(decisions, DECISIONS),
            memory=self.memory,
        )

    def keep(self, resolution: Resolution) -> None:
        """What the next run starts from; it survives being written down."""
        assert resolution.state is not None
        state = type(resolution.state).read(resolution.state.model_dump_json())
        self.memory = Memory(self.memory.root, state)


def content(resolution: Resolution) -> tuple[set[Any], set[Any]]:
    """Clusters, and pairs without the last bits of their weights."""
    clusters = defaultdict(set)
    for row in resolution.clusters.collect():
        clusters[row.cluster_id].add((row.source, row.key, round(row.confidence, 5), row.ambiguous))
    pairs = {
        (
            *(row.left_source, row.left_key, row.right_source, row.right_key, row.method, row.same_cluster),
            round(row.probability, 5),
            *(item["level"] for item in row.evidence),
        )
        for row in resolution.pairs.collect()
    }
    return {frozenset(members) for members in clusters.values()}, pairs


def changed(rows: list[Record], chance: random.Random, number: int) -> list[Record]:
    """Some records gone, some other, some new: a part of them look like others, a part like nobody."""
    kept = [row for row in rows if chance.random() > 0.05]
    for _ in range(12):
        at = chance.randrange(len(kept))
        row, other = list(kept[at]), chance.choice(kept)
        column = chance.randrange(2, len(row))
        row[column] = chance.choice([None, other[column], f"{row[column]}x"])
        kept[at] = tuple(row)
    for copy in range(8):
        row = list(chance.choice(kept))
        row[:2] = [chance.choice("ab"), f"new{number}.{copy}"]
        row[chance.randrange(2, len(row))] = None
        kept.append(tuple(row))
    for person in people(4, seed=number + 100):
        kept.append((person[0], f"{number}-{person[1]}", *person[2:]))
    return chance.sample(kept, len(kept))


def decided(rows: list[Record], chance: random.Random) -> list[Decision] | None:
    if chance.random() < 0.3:
        return None
    pairs = [chance.sample(rows, 2) for _ in range(3)]
    similar = [pair for pair in pairwise(rows) if pair[0][5] == pair[1][5]][:2]
    return [(*one[:2], *two[:2], chance.random() < 0.5) for one, two in [*pairs, *similar]]


@pytest.mark.parametrize(
    ("all_pairs", "runs"),
    [(False, 1), *[pytest.param(*case, marks=pytest.mark.long) for case in ((False, 3), (True, 1))]],
)
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_changes_give_what_everything_gives(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, all_pairs: bool, runs: int, seed: int
) -> None:
    chance = random.Random(seed)
    lakehouse = Lakehouse(spark, tmp_path_factory.mktemp("agree"), all_pairs=all_pairs)
    rows = people(150, seed=seed % 1000)
    found = lakehouse.resolve(rows, decided(rows, chance))
    assert found.work.kind == "train"
    for number in range(runs):
        lakehouse.keep(found)
        rows = changed(rows, chance, number)
        decisions = decided(rows, chance)
        found = lakehouse.resolve(rows, decisions)
        assert found.work.kind == "changes" and found.work.records == len(rows)
        assert found.work.resolved < len(rows)
    everything = lakehouse.resolve(rows, decisions, everything_above=0.0)
    assert everything.work.kind == "everything"
    assert content(found) == content(everything)
    lakehouse.keep(found)
    again = lakehouse.resolve(chance.sample(rows, len(rows)), decisions)
    assert again.work.kind == "nothing" and again.state == found.state
    assert content(again) == content(found)


def test_a_decision_takes_the_place_of_the_match_weight(spark: SparkSession, tmp_path: Path) -> None:
    lakehouse = Lakehouse(spark, tmp_path, all_pairs=False)
    rows = people(150, seed=5)
    found = lakehouse.resolve(rows, [])
    scored = found.pairs.where("method = 'match_weight'").orderBy(*PAIR).select(*PAIR).collect()
    decisions = [(*pair, number % 2 == 0) for number, pair in enumerate(scored[::3])]
    assert len(decisions) > 1
    lakehouse.keep(found)
    found = lakehouse.resolve(rows, decisions)
    assert found.work.kind == "changes"
    methods = defaultdict(list)
    for row in found.pairs.select(*PAIR, "method").collect():
        methods[frozenset({row[:2], row[2:4]})].append(row.method)
    assert [each for each in methods.values() if len(each) != 1] == []
    assert {methods[frozenset({pair[:2], pair[2:4]})][0] for pair in decisions} == {"decision"}
    assert content(found) == content(lakehouse.resolve(rows, decisions, everything_above=0.0))
