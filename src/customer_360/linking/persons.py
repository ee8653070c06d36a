"""Silver records as records of persons, and clusters of them as customers."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from customer_360.bronze import value_of
from customer_360.engine import union
from customer_360.identity import Resolution, without_tag
from customer_360.parameters import ANCHOR_METHOD, LinkingParameters

RESOLVED_METHOD = "match_weight"


def person_records(sources: Mapping[str, DataFrame], linking: LinkingParameters) -> DataFrame:
    """The records that resolution compares.

    A source with a single attribute (tickets with an e-mail address) gives one record for each value, under the
    lowest key that has it: a thousand tickets from one mailbox are one question, not a thousand.

    Args:
        sources: silver frames by source name.
        linking: ``persons`` says which column of which source is which attribute.

    Returns:
        ``source, key`` and the attributes, as text; records without any value are left out.
    """
    frames = []
    for source, attributes in linking.persons.items():
        silver = sources[source]
        values = {
            name: value_of(silver, column).cast("string").alias(name) for name, column in attributes.items()
        }
        records = silver.select(
            F.lit(source).alias("source"), F.col("source_key").alias("key"), *values.values()
        )
        records = records.where(F.coalesce(*values.keys()).isNotNull())
        if len(attributes) == 1:
            (name,) = attributes
            asked = records.withColumn(name, without_tag(F.col(name)))
            records = (
                asked.groupBy("source", name).agg(F.min("key").alias("key")).select("source", "key", name)
            )
        frames.append(records)
    return union(frames)


def clustered_records(
    sources: Mapping[str, DataFrame], linking: LinkingParameters, resolution: Resolution
) -> DataFrame:
    """Customer of every silver record of the sources of persons.

    A cluster with a record of the anchor, or of a source whose records may be customers of their own, is a
    customer, named by its first such record. The others stay unlinked.

    Returns:
        ``source, source_key, root_source, root_key, method, confidence, reason``: linked (reason null; root: the
        record that makes the customer, with method ``anchor``) or not (root null; reason ``no_key``, ``no_match``
        or ``ambiguous``).
    """
    clusters = resolution.clusters
    every = all_representatives(sources, linking)
    placed = every.join(clusters.withColumnRenamed("key", "person_key"), ["source", "person_key"], "left")
    root = _first_maker(linking).over(Window.partitionBy("cluster_id"))
    rooted = placed.withColumn("root", F.when(F.col("cluster_id").isNotNull(), root))
    is_root = (F.col("root.source") == F.col("source")) & (F.col("root.source_key") == F.col("source_key"))
    linked = F.col("root").isNotNull()
    reason = (
        F.when(linked, F.lit(None).cast("string"))
        .when(F.col("cluster_id").isNull(), F.lit("no_key"))
        .when(F.col("ambiguous"), F.lit("ambiguous"))
        .otherwise(F.lit("no_match"))
    )
    return rooted.select(
        "source",
        "source_key",
        F.col("root.source").alias("root_source"),
        F.col("root.source_key").alias("root_key"),
        F.when(linked & is_root, F.lit(ANCHOR_METHOD)).when(linked, F.lit(RESOLVED_METHOD)).alias("method"),
        F.when(linked & is_root, F.lit(1.0)).when(linked, F.col("confidence")).alias("confidence"),
        reason.alias("reason"),
    )


def all_representatives(sources: Mapping[str, DataFrame], linking: LinkingParameters) -> DataFrame:
    """``source, source_key, person_key``: under which key each record was compared; null if it had nothing."""
    return union(
        [
            _representatives(sources[source], source, attributes)
            for source, attributes in linking.persons.items()
        ]
    )


def decided_persons(
    decisions: DataFrame, sources: Mapping[str, DataFrame], linking: LinkingParameters
) -> DataFrame:
    """Decisions about the records that are compared: a ticket's is about all tickets from its address.

    Args:
        decisions: ``left_source, left_key, right_source, right_key`` and others.
        sources: silver frames by source name.
        linking: ``persons`` says which sources are compared.

    Returns:
        The same columns; a record that was compared under another one's key has that key.
    """
    persons, columns = all_representatives(sources, linking), decisions.columns
    for side in ("left", "right"):
        source, key = f"{side}_source", f"{side}_key"
        joined = persons.toDF(source, key, "person_key").join(decisions, [source, key], "right")
        decisions = joined.withColumn(key, F.coalesce("person_key", key)).select(*columns)
    return decisions


def _representatives(records: DataFrame, source: str, attributes: Mapping[str, str]) -> DataFrame:
    named = F.lit(source).alias("source")
    value = F.coalesce(*[value_of(records, column).cast("string") for column in attributes.values()])
    if len(attributes) > 1:
        return records.select(
            named, "source_key", F.when(value.isNotNull(), F.col("source_key")).alias("person_key")
        )
    first = F.min("source_key").over(Window.partitionBy(without_tag(value)))
    return records.select(named, "source_key", F.when(value.isNotNull(), first).alias("person_key"))


def _first_maker(linking: LinkingParameters) -> Column:
    """Of several records the first that makes a customer; an aggregate, null where none does."""
    rank = F.lit(None).cast("int")
    for number, source in enumerate(_makers(linking)):
        rank = F.when(F.col("source") == source, F.lit(number)).otherwise(rank)
    maker = F.struct(rank.alias("rank"), _natural("source_key").alias("length"), "source_key", "source")
    return F.min(F.when(rank.isNotNull(), maker))


def _makers(linking: LinkingParameters) -> list[str]:
    """Sources whose records make customers, the anchor first."""
    own = [
        source
        for source in linking.persons
        if source != linking.anchor and linking.policy(source) == "own_customer"
    ]
    return [linking.anchor, *own]


def _natural(name: str) -> Column:
    """Keys of digits in the order of their numbers: 9 before 10."""
    return F.length(name)
