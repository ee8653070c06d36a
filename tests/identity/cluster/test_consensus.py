"""Consensus between clusters, against the plainest way to do it: pair by pair, in Python."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.engine.scratch import Scratch
from customer_360.identity.cluster.consensus import merge_by_consensus
from customer_360.identity.compare.layout import BITS

COMPARISONS = 3
BITS_OF_CODE = (0.0, 4.0, 1.0, -3.0)  # nothing to compare, equal, similar, different

Pair = tuple[int, int]


@dataclass
class World:
    """Records in clusters; what comparing two of them gives.

    Attributes:
        cluster_of: by record; a cluster goes by its smallest record.
        scores: of the pairs that blocking found.
        codes: of every pair, by comparison.
        forbidden: pairs that must not be one person.
    """

    cluster_of: dict[int, int]
    scores: dict[Pair, float]
    codes: dict[Pair, tuple[int, ...]]
    forbidden: set[Pair] = field(default_factory=set)

    @classmethod
    def drawn(cls, seed: int) -> World:
        dice = random.Random(seed)
        records = range(dice.randint(2, 12))
        groups = [dice.randint(0, len(records) - 1) for _ in records]
        cluster_of = {record: groups.index(groups[record]) for record in records}
        pairs = list(itertools.combinations(records, 2))
        return cls(
            cluster_of,
            {pair: dice.uniform(-12, 8) for pair in pairs if dice.random() < 0.6},
            {
                pair: tuple(dice.choices((0, 1, 2, 3), weights=(2, 3, 2, 2))[0] for _ in range(COMPARISONS))
                for pair in pairs
            },
            {pair for pair in pairs if dice.random() < 0.05},
        )

    def expected(self) -> dict[int, int]:
        """The cluster of each record afterwards."""
        members: dict[int, list[int]] = {}
        for record, cluster in self.cluster_of.items():
            members.setdefault(cluster, []).append(record)
        near = {
            tuple(sorted((self.cluster_of[one], self.cluster_of[other])))
            for (one, other), score in self.scores.items()
            if score > -6
        }
        found: dict[Pair, float] = {}
        for a, b in near:
            cross = [tuple(sorted(pair)) for pair in itertools.product(members[a], members[b])]
            if a == b or len(cross) == 1 or self.forbidden.intersection(cross):
                continue
            if (score := self._agreed(cross)) > 0:
                found[a, b] = score
        best: dict[int, int] = {}
        for cluster in members:
            choices = [(score, sum(pair) - cluster) for pair, score in found.items() if cluster in pair]
            if choices:
                best[cluster] = max(choices)[1]
        into = {other: one for one, other in best.items() if one < other and best[other] == one}
        return {record: into.get(cluster, cluster) for record, cluster in self.cluster_of.items()}

    def _agreed(self, cross: list[Pair]) -> float:
        score = 0.0
        for number in range(COMPARISONS):
            counts = Counter(self.codes[pair][number] for pair in cross if self.codes[pair][number])
            if counts:
                score += BITS_OF_CODE[max(counts, key=lambda code: (counts[code], code))]
        return score

    def pattern(self, pair: Pair) -> int:
        return sum(code << (BITS * number) for number, code in enumerate(self.codes[pair]))


def merged(spark: SparkSession, world: World, folder: Path) -> dict[int, int]:
    compared = spark.createDataFrame(
        [(*pair, 0, world.pattern(pair), pair in world.forbidden) for pair in world.codes],
        "l BIGINT, r BIGINT, sources INT, pattern BIGINT, forbidden BOOLEAN",
    )

    def score_patterns(patterns: DataFrame) -> DataFrame:
        bits = F.array(*map(F.lit, BITS_OF_CODE))
        codes = [F.expr(f"CAST(shiftright(pattern, {BITS * n}) & 31 AS INT)") for n in range(COMPARISONS)]
        return patterns.withColumn("score", sum((F.get(bits, code) for code in codes), F.lit(0.0)))

    found = merge_by_consensus(
        spark.createDataFrame(list(world.cluster_of.items()), "rid BIGINT, cluster BIGINT"),
        spark.createDataFrame(
            [(*pair, score) for pair, score in world.scores.items()], "l BIGINT, r BIGINT, score DOUBLE"
        ),
        compare_pairs=lambda pairs: compared.join(pairs, ["l", "r"]),
        score_patterns=score_patterns,
        comparisons=COMPARISONS,
        scratch=Scratch(str(folder)),
    )
    return {row.rid: row.cluster for row in found.collect()}


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    world = World.drawn(seed)
    assert merged(spark, world, tmp_path) == world.expected()


def test_the_worlds_have_something_to_merge() -> None:
    changed = [world.expected() != world.cluster_of for world in map(World.drawn, range(12))]
    assert 3 <= sum(changed) <= 10


@pytest.mark.parametrize(
    ("codes", "forbidden", "expected"),
    [
        ({(0, 2): (1, 1, 0), (1, 2): (3, 1, 0), (0, 3): (1, 3, 0), (1, 3): (1, 1, 0)}, set(), {0}),  # most say equal
        ({(0, 2): (1, 1, 0), (1, 2): (3, 3, 0), (0, 3): (3, 3, 0), (1, 3): (3, 3, 0)}, set(), {0, 2}),  # one does
        ({(0, 2): (1, 1, 0), (1, 2): (1, 1, 0), (0, 3): (1, 1, 0), (1, 3): (1, 1, 0)}, {(1, 3)}, {0, 2}),  # forbidden
    ],
)  # fmt: skip
def test_two_persons_of_two_records(
    spark: SparkSession,
    tmp_path: Path,
    codes: dict[Pair, tuple[int, ...]],
    forbidden: set[Pair],
    expected: set[int],
) -> None:
    """No pair alone is above zero; what most pairs say decides."""
    world = World(
        {0: 0, 1: 0, 2: 2, 3: 2}, dict.fromkeys(codes, -1.0),
        {**codes, (0, 1): (1, 1, 1), (2, 3): (1, 1, 1)}, forbidden,
    )  # fmt: skip
    assert set(merged(spark, world, tmp_path).values()) == expected
