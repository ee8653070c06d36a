"""Connected components: in one task, or, of a graph too large for that, in rounds until the rest is small enough.

Nothing that grows with the data comes to the driver. A round is one action.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.cluster import small_graph

_MAX_ROUNDS = 100


def connected_components(edges: DataFrame, scratch: Scratch) -> DataFrame:
    """Label the connected components of a graph.

    In each round every node is merged into the neighbour (or itself) that comes first in a random order, drawn
    anew for the round; edges between merged nodes remain. The random order makes the number of nodes fall by
    a constant factor, so even a chain takes only as many rounds as the logarithm of its length.

    Args:
        edges: ``l, r`` BIGINT, in any direction; loops and repetitions do no harm. They are read several times.
        scratch: where rounds are kept.

    Returns:
        ``rid, component`` BIGINT: one row for each node that has an edge; the component is its smallest node.
    """
    if edges.count() <= small_graph.LARGEST:
        return small_graph.components_in_one_task(edges)
    remaining = edges.where("l <> r").select("l", "r")
    ends = edges.select(F.col("l").alias("rid")).union(edges.select(F.col("r").alias("rid"))).distinct()
    nodes = ends.select("rid", F.col("rid").alias("now"))
    for number in range(_MAX_ROUNDS):
        parents = scratch.keep(_parents(remaining, number), f"parents_{number}")
        remaining = scratch.keep(_between_parents(remaining, parents), f"edges_{number}")
        nodes = scratch.keep(_merged(nodes, parents.toDF("now", "into")), f"nodes_{number}")
        if remaining.count() <= small_graph.LARGEST:
            break
    rest = small_graph.components_in_one_task(remaining).toDF("now", "into")
    nodes = scratch.keep(_merged(nodes, rest), "nodes")
    smallest = nodes.groupBy("now").agg(F.min("rid").alias("component"))
    return smallest.join(nodes, "now").select("rid", "component")


def components_up_to(links: DataFrame, limit: int, floors: Sequence[float], scratch: Scratch) -> DataFrame:
    """Connected components, of which those over the limit are taken apart by raising the floor of their links.

    Args:
        links: ``l, r`` BIGINT, ``score`` DOUBLE. They are read several times.
        limit: records in a component. What holds together above the last floor stays larger.
        floors: scores, from the lowest on; a component falls into those of its links above the first one, and so on.
        scratch: where rounds are kept.

    Returns:
        ``rid, component`` BIGINT of each record that has a link; the component is its smallest record.
    """
    if links.count() <= small_graph.LARGEST:
        return small_graph.parts_in_one_task(links, limit, floors)
    labelled = scratch.keep(connected_components(links, scratch), "components")
    for floor in floors:
        large = labelled.groupBy("component").agg(F.count("*").alias("size")).where(F.col("size") > limit)
        large = scratch.keep(large.select("component"), "large")
        if large.isEmpty():
            break
        inside = large.join(labelled, "component").select("rid", "component")
        stronger = (
            inside.select(F.col("rid").alias("l"))
            .join(links.where(F.col("score") > floor), "l")
            .select("l", "r")
        )
        pieces = connected_components(scratch.keep(stronger, "stronger"), scratch)
        rest = labelled.join(large, "component", "left_anti").select("rid", "component")
        parts = pieces.toDF("rid", "piece").join(inside, "rid", "right")
        labelled = scratch.keep(
            rest.unionByName(parts.select("rid", F.coalesce("piece", "rid").alias("component"))), "apart"
        )
    return labelled


def _parents(edges: DataFrame, number: int) -> DataFrame:
    """``node, parent``: the neighbour that each node is merged into in this round; nodes that come first have none."""
    both = edges.union(edges.select(F.col("r").alias("l"), F.col("l").alias("r")))
    best = both.groupBy("l").agg(F.min_by("r", F.xxhash64(F.lit(number), "r")).alias("best"))
    comes_first = F.xxhash64(F.lit(number), "best") < F.xxhash64(F.lit(number), "l")
    return best.where(comes_first).select(F.col("l").alias("node"), F.col("best").alias("parent"))


def _merged(nodes: DataFrame, into: DataFrame) -> DataFrame:
    """``rid, now``: where nodes are, once those that ``now, into`` names have moved."""
    moved = into.join(nodes, "now", "right")
    return moved.select("rid", F.coalesce("into", "now").alias("now"))


def _between_parents(edges: DataFrame, parents: DataFrame) -> DataFrame:
    """The edges that remain once every node is merged into its parent."""
    left, right = parents.toDF("l", "l_parent"), parents.toDF("r", "r_parent")
    return (
        right.join(left.join(edges, "l", "right"), "r", "right")
        .select(F.coalesce("l_parent", "l").alias("l"), F.coalesce("r_parent", "r").alias("r"))
        .where("l <> r")
        .distinct()
    )
