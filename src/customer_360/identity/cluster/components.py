"""Connected components in DataFrame rounds; nothing that grows with the data comes to the driver."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch

_MAX_ROUNDS = 100


def connected_components(edges: DataFrame, scratch: Scratch) -> DataFrame:
    """Label the connected components of a graph.

    In each round every node is merged into the neighbour (or itself) that comes first in a random order, drawn
    anew for the round; edges between merged nodes remain. The random order makes the number of nodes fall by
    a constant factor, so even a chain takes only as many rounds as the logarithm of its length.

    Args:
        edges: ``l, r`` BIGINT, in any direction; loops and repetitions do no harm.
        scratch: where rounds are written.

    Returns:
        ``rid, component`` BIGINT: one row for each node that has an edge; the component is its smallest node.
    """
    nodes = scratch.keep(
        edges.select(F.col("l").alias("rid")).union(edges.select(F.col("r").alias("rid"))).distinct()
        .select("rid", F.col("rid").alias("now")),
        "nodes",
    )  # fmt: skip
    remaining = edges.where("l <> r").select("l", "r")
    for number in range(_MAX_ROUNDS):
        parents = scratch.keep(_parents(remaining, number), f"parents_{number}")
        remaining = scratch.keep(_between_parents(remaining, parents), f"edges_{number}")
        nodes = scratch.keep(
            parents.toDF("now", "parent")
            .join(nodes, "now", "right")
            .select("rid", F.coalesce("parent", "now").alias("now")),
            f"nodes_{number}",
        )
        if remaining.isEmpty():
            break
    smallest = nodes.groupBy("now").agg(F.min("rid").alias("component"))
    return smallest.join(nodes, "now").select("rid", "component")


def _parents(edges: DataFrame, number: int) -> DataFrame:
    """``node, parent``: the neighbour that each node is merged into in this round; nodes that come first have none."""
    both = edges.union(edges.select(F.col("r").alias("l"), F.col("l").alias("r")))
    best = both.groupBy("l").agg(F.min_by("r", F.xxhash64(F.lit(number), "r")).alias("best"))
    comes_first = F.xxhash64(F.lit(number), "best") < F.xxhash64(F.lit(number), "l")
    return best.where(comes_first).select(F.col("l").alias("node"), F.col("best").alias("parent"))


def _between_parents(edges: DataFrame, parents: DataFrame) -> DataFrame:
    """The edges that remain once every node is merged into its parent."""
    left, right = parents.toDF("l", "l_parent"), parents.toDF("r", "r_parent")
    return (
        right.join(left.join(edges, "l", "right"), "r", "right")
        .select(F.coalesce("l_parent", "l").alias("l"), F.coalesce("r_parent", "r").alias("r"))
        .where("l <> r")
        .distinct()
    )
