"""Scored pairs to persons: components, taken apart where they hold more than one person."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from customer_360.identity.components import connected_components
from customer_360.identity.linkage import FORBIDDEN, REQUIRED, cluster_batches
from customer_360.parameters.identity import ClusteringParameters
from customer_360.scratch import Scratch

_FLOORS = (3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 22.0, 26.0, 32.0, 40.0)
_LARGEST = 5  # times max_component: what linkage takes after the last floor

ScorePairs = Callable[[DataFrame], DataFrame]


def cluster_records(
    links: DataFrame,
    order: DataFrame,
    score_pairs: ScorePairs,
    clustering: ClusteringParameters,
    scratch: Scratch,
) -> DataFrame:
    """Put linked records together to persons.

    1. Connected components of the links.
    2. A component of more than ``max_component`` records is taken apart by raising the floor of its links.
    3. In each component of three or more, all pairs are scored, also those that blocking never found, and
       joined by average linkage (:mod:`.linkage`).

    Args:
        links: ``l, r`` BIGINT and ``score`` DOUBLE, pairs above the threshold.
        order: ``rid, source, order``: an order of records that does not depend on their ids.
        score_pairs: scores ``l, r`` pairs: adds ``score``.
        clustering: sizes and limits.
        scratch: where intermediate tables are written.

    Returns:
        ``rid, cluster`` BIGINT for every record that has a link; the cluster is the smallest ``rid`` in it.
    """
    labelled = scratch.keep(connected_components(links, scratch), "components")
    labelled = _take_apart(labelled, links, clustering.max_component, scratch)
    sizes = labelled.groupBy("component").agg(F.count("*").alias("size"))
    members = scratch.keep(sizes.join(labelled, "component"), "members")
    # what no floor takes apart is one person many times over: all pairs of it would grow with its square
    taken = F.col("size").between(2 if clustering.one_per_person else 3, _LARGEST * clustering.max_component)
    small = members.where(~taken).select("rid", F.col("component").alias("cluster"))
    large = members.where(taken)
    place = F.row_number().over(Window.partitionBy("component").orderBy("order", "rid")) - 1
    placed = scratch.keep(
        large.join(order, "rid").select("component", "rid", "source", place.cast("int").alias("place")),
        "placed",
    )
    if placed.isEmpty():
        return small
    clusters = _linked(placed, score_pairs, clustering)
    named = placed.join(clusters, ["component", "place"]).select("component", "rid", "cluster")
    smallest = named.groupBy("component", "cluster").agg(F.min("rid").alias("label"))
    named = named.join(smallest, ["component", "cluster"]).select("rid", F.col("label").alias("cluster"))
    return scratch.keep(small.unionByName(named), "clusters")


def _linked(placed: DataFrame, score_pairs: ScorePairs, clustering: ClusteringParameters) -> DataFrame:
    left = placed.toDF("component", "l", "l_source", "left")
    right = placed.toDF("component", "r", "r_source", "right")
    inside = left.join(right, "component").where(F.col("left") < F.col("right"))
    # pairs are scored with the smaller id first, as everywhere
    same_source = F.col("l_source") == F.col("r_source")
    turned = inside.select(
        "component", "left", "right", F.least("l", "r").alias("l"), F.greatest("l", "r").alias("r"),
        (same_source & F.col("l_source").isin(list(clustering.one_per_person))).alias("clash"),
    )  # fmt: skip
    clip = clustering.clip_bits
    score = F.col("score")
    clipped = (
        F.when(F.col("clash"), F.lit(FORBIDDEN))
        .when(F.abs(score) >= REQUIRED, score)  # decided, not estimated
        .otherwise(F.least(F.greatest(score, F.lit(-clip)), F.lit(clip)))
    )
    scored = score_pairs(turned).select(
        "component", "left", "right", clipped.cast("double").alias("score"), "weight"
    )
    tasks = 2
    return scored.repartition(tasks, "component").mapInArrow(
        cluster_batches, "component BIGINT, place INT, cluster INT"
    )


def _take_apart(labelled: DataFrame, links: DataFrame, limit: int, scratch: Scratch) -> DataFrame:
    """Raise the floor inside components over the limit until they fall apart into smaller ones."""
    for floor in _FLOORS:
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
        pieces = connected_components(stronger, scratch)
        rest = labelled.join(large, "component", "left_anti").select("rid", "component")
        parts = pieces.toDF("rid", "piece").join(inside, "rid", "right")
        labelled = scratch.keep(
            rest.unionByName(parts.select("rid", F.coalesce("piece", "rid").alias("component"))), "apart"
        )
    return labelled
