"""Connected components, against networkx."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.cluster.components import connected_components

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


@pytest.mark.parametrize(
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
def test_shapes(spark: SparkSession, edges: Edges, tmp_path: Path) -> None:
    assert found(spark, edges, tmp_path) == expected(edges)


def test_a_long_chain_takes_few_rounds(spark: SparkSession, tmp_path: Path) -> None:
    found(spark, CHAIN, tmp_path)
    assert 3 <= len(list(tmp_path.glob("*_parents_*"))) <= 20  # and not 3,000


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=60))
def test_random_graphs(spark: SparkSession, edges: Edges) -> None:
    with TemporaryDirectory() as folder:
        assert found(spark, edges, Path(folder)) == expected(edges)
