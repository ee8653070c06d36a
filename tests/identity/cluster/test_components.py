"""Connected components, against networkx."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.cluster import small_graph
from customer_360.identity.cluster.components import components_up_to, connected_components

Edges = list[tuple[int, int]]


def found(spark: SparkSession, edges: Edges, folder: Path) -> dict[int, int]:
    frame = spark.createDataFrame(edges, "l BIGINT, r BIGINT")
    return {
        row["rid"]: row["component"] for row in connected_components(frame, Scratch(str(folder))).collect()
    }


def expected(edges: Edges) -> dict[int, int]:
    graph = nx.Graph(edges)
    return {node: min(component) for component in nx.connected_components(graph) for node in component}


CHAIN = [(n, n + 1) for n in range(3000)]


SHAPES = pytest.mark.parametrize(
    "edges",
    [
        CHAIN,
        CHAIN[::-1],
        [(0, n) for n in range(1, 500)],
        [(n, 10_000) for n in range(1, 500)] + [(20_000, 20_001)],
        [(1, 1), (2, 3), (3, 2), (2, 3)],
    ],
    ids=["chain", "chain backwards", "star", "star around the last", "loops and repetitions"],
)


@SHAPES
def test_shapes_in_one_task(spark: SparkSession, edges: Edges, tmp_path: Path) -> None:
    assert found(spark, edges, tmp_path) == expected(edges)
    assert not list(tmp_path.iterdir())  # no rounds


@SHAPES
def test_shapes_in_rounds(
    spark: SparkSession, edges: Edges, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_graph, "LARGEST", 3)
    assert found(spark, edges, tmp_path) == expected(edges)


def test_a_long_chain_takes_few_rounds(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_graph, "LARGEST", 0)
    assert found(spark, CHAIN, tmp_path) == expected(CHAIN)
    assert 3 <= len(list(tmp_path.glob("*_parents_*"))) <= 20  # and not 3,000


def test_a_graph_without_edges(spark: SparkSession, tmp_path: Path) -> None:
    assert found(spark, [], tmp_path) == {}


# ------------------------------------------------------------------------------------------ taken apart by floors
Links = list[tuple[int, int, float]]


def parts(spark: SparkSession, links: Links, limit: int, folder: Path) -> dict[int, int]:
    frame = spark.createDataFrame(links, "l BIGINT, r BIGINT, score DOUBLE")
    found = components_up_to(frame, limit, (1.0, 2.0, 3.0), Scratch(str(folder)))
    return {row["rid"]: row["component"] for row in found.collect()}


def expected_parts(links: Links, limit: int) -> dict[int, int]:
    """Component by component, one floor after the other."""
    label = expected([(one, other) for one, other, _ in links])
    for floor in (1.0, 2.0, 3.0):
        members: dict[int, set[int]] = {}
        for node, name in label.items():
            members.setdefault(name, set()).add(node)
        for large in (some for some in members.values() if len(some) > limit):
            graph = nx.Graph()
            graph.add_nodes_from(large)
            graph.add_edges_from((a, b) for a, b, score in links if score > floor and a in large)
            label |= {node: min(part) for part in nx.connected_components(graph) for node in part}
    return label


@pytest.mark.parametrize("largest", [0, 1_000])
@pytest.mark.parametrize("seed", range(4))
def test_large_ones_are_taken_apart(
    spark: SparkSession, seed: int, largest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_graph, "LARGEST", largest)
    dice = random.Random(seed)
    links = [(dice.randint(0, 40), dice.randint(0, 40), dice.choice([0.5, 1.5, 2.5, 3.5])) for _ in range(45)]
    assert parts(spark, links, 4, tmp_path) == expected_parts(links, 4)
    assert expected_parts(links, 4) != expected([(one, other) for one, other, _ in links])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=60))
def test_random_graphs(spark: SparkSession, edges: Edges) -> None:
    with TemporaryDirectory() as folder:
        assert found(spark, edges, Path(folder)) == expected(edges)
