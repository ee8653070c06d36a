"""Scored pairs to persons: components, taken apart where they hold more than one person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.cluster.components import components_up_to
from customer_360.identity.cluster.linkage import cluster_batches
from customer_360.identity.cluster.pooled_evidence import PairEvidence
from customer_360.identity.score import FORBIDDEN
from customer_360.parameters import ClusteringParameters

_FLOORS = (3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 22.0, 26.0, 32.0, 40.0)
_LARGEST = 5  # times max_component: what linkage takes after the last floor

ComparePairs = Callable[[DataFrame], DataFrame]


def linked_persons(
    links: DataFrame,
    order: DataFrame,
    *,
    compare_pairs: ComparePairs,
    evidence: PairEvidence,
    clustering: ClusteringParameters,
    scratch: Scratch,
) -> DataFrame:
    """Put linked records together to persons.

    1. Connected components of the links.
    2. A component of more than ``max_component`` records is taken apart by raising the floor of its links.
    3. In each component of three or more, all pairs are compared, also those that blocking never found,
       and joined by pooled evidence (:mod:`.linkage`).

    Args:
        links: ``l, r`` BIGINT and ``score`` DOUBLE, pairs above the threshold.
        order: ``rid, source, order``: an order of records that does not depend on their ids.
        compare_pairs: adds ``sources, pattern, override`` to ``l, r`` pairs (override: bits that rules and
            decisions add, or 0).
        evidence: what patterns say.
        clustering: sizes and limits.
        scratch: where intermediate tables are written.

    Returns:
        ``rid, cluster`` BIGINT for every record that has a link; the cluster is the smallest ``rid`` in it.
    """
    labelled = components_up_to(links, clustering.max_component, _FLOORS, scratch)
    size = F.count("*").over(Window.partitionBy("component"))
    members = scratch.keep(labelled.select("component", size.alias("size"), "rid"), "members")
    # what no floor takes apart is one person many times over: all pairs of it would grow with its square
    taken = F.col("size").between(2 if clustering.one_per_person else 3, _LARGEST * clustering.max_component)
    small = members.where(~taken).select("rid", F.col("component").alias("cluster"))
    placed = scratch.keep(_with_places(members.where(taken), order), "placed")
    return small.unionByName(_named_by_smallest(placed, _linked(placed, compare_pairs, evidence, clustering)))


def _with_places(members: DataFrame, order: DataFrame) -> DataFrame:
    """``component, rid, source, place``: members of each component, numbered from 0."""
    place = F.row_number().over(Window.partitionBy("component").orderBy("order", "rid")) - 1
    placed = members.join(order, "rid")
    return placed.select("component", "rid", "source", place.cast("int").alias("place"))


def _named_by_smallest(placed: DataFrame, clusters: DataFrame) -> DataFrame:
    """``rid, cluster``: clusters of places become clusters of records, each named by its smallest ``rid``."""
    named = placed.join(clusters, ["component", "place"])
    smallest = F.min("rid").over(Window.partitionBy("component", "cluster"))
    return named.select("rid", smallest.alias("cluster"))


def _linked(
    placed: DataFrame, compare_pairs: ComparePairs, evidence: PairEvidence, clustering: ClusteringParameters
) -> DataFrame:
    left = placed.toDF("component", "l", "l_source", "left")
    right = placed.toDF("component", "r", "r_source", "right")
    inside = left.join(right, "component").where(F.col("left") < F.col("right"))
    # pairs are scored with the smaller id first, as everywhere
    same_source = F.col("l_source") == F.col("r_source")
    turned = inside.select(
        "component", "left", "right", F.least("l", "r").alias("l"), F.greatest("l", "r").alias("r"),
        (same_source & F.col("l_source").isin(list(clustering.one_per_person))).alias("clash"),
    )  # fmt: skip
    override = F.when(F.col("clash"), F.lit(FORBIDDEN)).otherwise(F.col("override"))
    compared = compare_pairs(turned).select(
        "component", "left", "right", "pattern", "sources", override.cast("double").alias("override")
    )
    # as many tasks as the session has for a shuffle
    return compared.repartition("component").mapInArrow(
        partial(cluster_batches, evidence=evidence), "component BIGINT, place INT, cluster INT"
    )
