"""What a resolution of a file found, in numbers and examples small enough for one page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from customer_360.identity import Resolution

_RECORDS_SHOWN, _LINKS_SHOWN, _OF_EACH_KIND = 8, 4, 2


@dataclass(frozen=True)
class Example:
    """One person of the file.

    Attributes:
        why: why it is shown.
        size: its records.
        records: some of them: ``source, key, confidence`` and the attributes.
        links: the strongest pairs among its records, as in ``Resolution.pairs``.
    """

    why: str
    size: int
    records: list[dict[str, Any]]
    links: list[dict[str, Any]]


@dataclass(frozen=True)
class Findings:
    """The numbers of a resolution.

    Attributes:
        records: of the file.
        sizes: number of clusters by number of records.
        expected_pairs: pairs of one person that the model expects.
        bits: number of pairs by whole bits of match weight, of one cluster (True) and of two (False).
        weights: ``(comparison, level, bits)`` that the model learnt.
        seen: comparisons that some pair of the file has an answer to.
        shared: ``(attribute, values, records)`` of values that too many records share.
        skipped: ``(blocking rule, blocks, records)`` that were too large to compare.
        left_out: blocking rules that would have cost too many pairs.
        examples: some clusters.
    """

    records: int
    sizes: dict[int, int]
    expected_pairs: float
    bits: dict[bool, dict[int, int]] = field(default_factory=dict)
    weights: Sequence[tuple[str, str, float]] = ()
    seen: Collection[str] = ()
    shared: Sequence[tuple[str, int, int]] = ()
    skipped: Sequence[tuple[str, int, int]] = ()
    left_out: Sequence[str] = ()
    examples: Sequence[Example] = ()

    @property
    def persons(self) -> int:
        """Number of clusters."""
        return sum(self.sizes.values())

    @property
    def several(self) -> int:
        """Number of clusters of more than one record."""
        return sum(number for size, number in self.sizes.items() if size > 1)

    @property
    def largest(self) -> int:
        """Records of the largest cluster."""
        return max(self.sizes, default=0)


def numbers(clusters: DataFrame, resolution: Resolution) -> Findings:
    """The numbers, without pairs and examples, which only a report needs.

    Args:
        clusters: ``cluster_id`` of every record.
        resolution: what it comes from.
    """
    sizes = (
        clusters.groupBy("cluster_id")
        .agg(F.count("*").alias("size"))
        .groupBy("size")
        .agg(F.count("*").alias("n"))
    )
    skipped = sorted(
        (rule for rule in resolution.rules if rule.skipped_records), key=lambda rule: -rule.skipped_records
    )
    return Findings(
        records=resolution.records,
        sizes={row["size"]: row["n"] for row in sizes.collect()},
        expected_pairs=float(resolution.matches),
        weights=[(name, level, bits) for name, level, _, bits in resolution.weights],
        shared=[
            (name, frequency.too_common.values, frequency.too_common.records)
            for name, frequency in resolution.frequencies.items()
            if frequency.too_common.values
        ],
        skipped=[(rule.rule, rule.skipped_blocks, rule.skipped_records) for rule in skipped],
        left_out=[rule.rule for rule in resolution.rules if rule.key is None],
    )


def pair_bits(pairs: DataFrame) -> dict[bool, dict[int, int]]:
    """Number of scored pairs by whole bits, of one cluster and of two."""
    weighed = pairs.where(F.col("match_weight").isNotNull())
    counted = weighed.groupBy("same_cluster", F.floor("match_weight").alias("bits")).agg(
        F.count("*").alias("n")
    )
    found: dict[bool, dict[int, int]] = {True: {}, False: {}}
    for row in counted.collect():
        found[row["same_cluster"]][int(row["bits"])] = row["n"]
    return found


def seen_comparisons(pairs: DataFrame) -> set[str]:
    """Names of the comparisons that are evidence for or against some pair."""
    names = pairs.select(F.explode("evidence").alias("item")).select("item.comparison").distinct()
    return {row["comparison"] for row in names.collect()}


def finding_examples(records: DataFrame, clusters: DataFrame, pairs: DataFrame) -> list[Example]:
    """A few clusters of several records: the largest, the least sure, and ordinary ones of two records.

    Args:
        records: ``source, key`` and the attributes.
        clusters: ``source, key, cluster_id, confidence``.
        pairs: as in ``Resolution.pairs``.
    """
    chosen = _chosen(clusters)
    if not chosen:
        return []
    inside = clusters.where(F.col("cluster_id").isin(list(chosen)))
    order = Window.partitionBy("cluster_id").orderBy("source", "key")
    shown = (
        records.join(inside, ["source", "key"])
        .withColumn("place", F.row_number().over(order))
        .where(F.col("place") <= _RECORDS_SHOWN)
        .orderBy("cluster_id", "place")
        .drop("place")
    )
    people: dict[str, list[dict[str, Any]]] = {}
    for row in shown.collect():
        values = row.asDict()
        people.setdefault(values.pop("cluster_id"), []).append(values)
    links = _links(inside, pairs)
    return [
        Example(why, size, people.get(cluster, []), links.get(cluster, []))
        for cluster, (why, size) in chosen.items()
    ]


def _chosen(clusters: DataFrame) -> dict[str, tuple[str, int]]:
    """Why it is shown, and number of records, by cluster."""
    several = (
        clusters.groupBy("cluster_id")
        .agg(F.count("*").alias("size"), F.min("confidence").alias("sure"))
        .where("size > 1")
    )
    kinds = (
        ("one of the largest", several.orderBy(F.col("size").desc(), "cluster_id")),
        ("one of the least sure", several.orderBy("sure", "cluster_id")),
        ("one of two records", several.where("size = 2").orderBy(F.col("sure").desc(), "cluster_id")),
    )
    chosen: dict[str, tuple[str, int]] = {}
    for why, ordered in kinds:
        rows = ordered.limit(_OF_EACH_KIND * 3).collect()
        for row in [row for row in rows if row["cluster_id"] not in chosen][:_OF_EACH_KIND]:
            chosen[row["cluster_id"]] = (why, row["size"])
    return chosen


def _links(inside: DataFrame, pairs: DataFrame) -> dict[str, list[dict[str, Any]]]:
    left = inside.select(F.col("source").alias("left_source"), F.col("key").alias("left_key"), "cluster_id")
    best = Window.partitionBy("cluster_id").orderBy(
        F.col("probability").desc(),
        F.col("match_weight").desc(),
        "left_source",
        "left_key",
        "right_source",
        "right_key",
    )
    ranked = (
        pairs.where("same_cluster")
        .join(left, ["left_source", "left_key"])
        .withColumn("place", F.row_number().over(best))
        .where(F.col("place") <= _LINKS_SHOWN)
        .orderBy("cluster_id", "place")
    )
    links: dict[str, list[dict[str, Any]]] = {}
    for row in ranked.collect():
        values = row.asDict(recursive=True)
        links.setdefault(values["cluster_id"], []).append(values)
    return links
