"""Golden records: one row for each person of a file, with the best of what its records say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from customer_360.identity import is_nothing

# The parts of a name, and those of an address, come from one record: mixed ones are nobody's.
GROUPS = {
    "name": ("given_name", "middle_name", "family_name", "full_name"),
    "address": ("street", "house_number", "unit", "city", "postal_code", "region", "country"),
}


def golden_records(
    records: DataFrame,
    clusters: DataFrame,
    attributes: Sequence[str],
    placeholders: Mapping[str, Sequence[str]],
) -> DataFrame:
    """One row for each cluster.

    The value that most records of the cluster say wins (case and spaces at the ends aside); of equals the longest,
    then that of the first record by source and key. A name, and an address, is taken from one record as a whole: the
    one whose filled parts most records say, added up, so that a more complete one wins over a part of it.

    Args:
        records: ``source, key`` and the attributes, all text.
        clusters: ``source, key, cluster_id``.
        attributes: of the file, in the order in which they are to stand.
        placeholders: texts that stand for nothing by attribute, and for ``any``; they are never chosen.

    Returns:
        ``cluster_id, record_count`` BIGINT and the attributes, null where no record says anything.
    """
    joined = records.join(clusters.select("source", "key", "cluster_id"), ["source", "key"])
    filled = joined.select(
        "cluster_id", "source", "key", *[_filled(name, placeholders) for name in attributes]
    )
    said = _said(filled, attributes)
    best = _best(said, joined=filled, attributes=attributes)
    counts = clusters.groupBy("cluster_id").agg(F.count("*").cast("bigint").alias("record_count"))
    return counts.join(best, "cluster_id", "left").select("cluster_id", "record_count", *attributes)


def _filled(name: str, placeholders: Mapping[str, Sequence[str]]) -> Column:
    """The text without spaces around it; null where it says nothing."""
    text = F.trim(F.col(name))
    nothing = is_nothing(F.lower(text), [*placeholders.get("any", ()), *placeholders.get(name, ())])
    return F.when(~nothing, text).alias(name)


def _said(filled: DataFrame, attributes: Sequence[str]) -> DataFrame:
    """``cluster_id, source, key, part, says, length``: how well each record speaks for each group of attributes."""
    parts = {name: _part_of(name) for name in attributes}
    items = F.array(
        *[
            F.struct(F.lit(name).alias("attribute"), F.lit(part).alias("part"), F.col(name).alias("value"))
            for name, part in parts.items()
        ]
    )
    values = (
        filled.select("cluster_id", "source", "key", F.explode(items).alias("item"))
        .select("cluster_id", "source", "key", "item.attribute", "item.part", "item.value")
        .where(F.col("value").isNotNull())
    )
    alike = Window.partitionBy("cluster_id", "attribute", F.lower("value"))
    counted = values.withColumn("n", F.count("*").over(alike))
    return counted.groupBy("cluster_id", "source", "key", "part").agg(
        F.sum("n").alias("says"), F.sum(F.length("value")).alias("length")
    )


def _best(said: DataFrame, *, joined: DataFrame, attributes: Sequence[str]) -> DataFrame:
    """``cluster_id`` and each attribute of the record that speaks best for the group it is in."""
    order = Window.partitionBy("cluster_id", "part").orderBy(
        F.col("says").desc(), F.col("length").desc(), "source", "key"
    )
    first = said.withColumn("place", F.row_number().over(order)).where("place = 1")
    chosen = first.select("cluster_id", "source", "key", "part").join(joined, ["cluster_id", "source", "key"])
    return chosen.groupBy("cluster_id").agg(
        *[F.max(F.when(F.col("part") == _part_of(name), F.col(name))).alias(name) for name in attributes]
    )


def _part_of(name: str) -> str:
    return next((group for group, names in GROUPS.items() if name in names), name)
