"""The pairs that people should look at: what is known of both records, and what an answer would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from customer_360.engine import union
from customer_360.linking import all_representatives, decided_persons
from customer_360.parameters import LinkingParameters
from customer_360.privacy import compared
from customer_360.schemas import IDENTITY_REVIEW

if TYPE_CHECKING:
    import pyarrow as pa

SIDES = ("left", "right")
PAIR_COLUMNS = ("left_source", "left_key", "right_source", "right_key")
REVIEW_COLUMNS = IDENTITY_REVIEW.names
_UNREADABLE = "malformed"


def pairs_to_review(
    unsure: DataFrame,
    crosswalk: DataFrame,
    decisions: DataFrame,
    sources: Mapping[str, DataFrame],
    linking: LinkingParameters,
    *,
    show_values: bool,
) -> DataFrame:
    """List the unsure pairs that nobody decided, the worst first.

    Worst is the pair whose present answer is most likely wrong: ``doubt`` is its probability where the two records
    are apart, and one minus that where they are together. Among equals, the pair that linking would make the
    larger customer of goes first.

    Args:
        unsure: ``left_source, left_key, right_source, right_key, match_weight, probability, evidence,
            same_cluster``.
        crosswalk: ``customer_id, source, source_key``.
        decisions: checked decisions; a pair that one of them is about is left out, also if it does not count.
        sources: silver frames by source name.
        linking: ``persons`` says which column of which source is which attribute.
        show_values: show names, addresses and the like as they are, not masked so that differences can be seen.

    Returns:
        :data:`REVIEW_COLUMNS`. ``rank`` counts from 1. ``attributes``: ``ARRAY<STRUCT<attribute, left_value,
        right_value, agreement>>`` of those that either record has (``same``, ``similar``, ``different``; null where
        one of them has no value). ``together``: both are one customer today, by
        other evidence or by this pair. ``left_records, right_records``: how many records each side's customer has
        (of a record that belongs to nobody: those that were compared as one with it), and ``records_if_linked``.
    """
    persons = all_representatives(sources, linking)
    readable = decisions.where(F.col("status") != _UNREADABLE).select(*PAIR_COLUMNS)
    decided = _either_way(decided_persons(readable, sources, linking))
    open_pairs = unsure.join(decided, [*PAIR_COLUMNS], "left_anti")
    known = _with_both_sides(open_pairs, _sized(persons, crosswalk), _attributes(sources, linking))
    ranked = _worst_first(known.withColumn("attributes", _side_by_side(linking))).select(*REVIEW_COLUMNS)
    return ranked.mapInArrow(partial(_compare_values, show_values=show_values), ranked.schema)


def _with_both_sides(pairs: DataFrame, sized: DataFrame, values: DataFrame) -> DataFrame:
    """The pairs, with the customer, its size and the values of either record."""
    for side in SIDES:
        key = [f"{side}_source", f"{side}_key"]
        pairs = sized.toDF(*key, f"{side}_customer_id", f"{side}_records").join(pairs, key, "right")
        pairs = values.toDF(*key, f"{side}_values").join(pairs, key, "right")
    return pairs


def _worst_first(pairs: DataFrame) -> DataFrame:
    """The pairs with ``together, doubt, records_if_linked`` and ``rank``."""
    together = F.coalesce(F.col("left_customer_id") == F.col("right_customer_id"), F.col("same_cluster"))
    both = F.col("left_records") + F.col("right_records")
    judged = pairs.withColumns(
        {
            "together": together,
            "doubt": F.when(together, 1 - F.col("probability")).otherwise(F.col("probability")),
            "records_if_linked": F.when(together, F.col("left_records")).otherwise(both),
        }
    )
    # One partition, said on purpose: the grey zone is narrow.
    worst = Window.partitionBy(F.lit(0)).orderBy(F.desc("doubt"), F.desc("records_if_linked"), *PAIR_COLUMNS)
    return judged.withColumn("rank", F.row_number().over(worst).cast("bigint"))


def _either_way(pairs: DataFrame) -> DataFrame:
    return pairs.unionAll(pairs.select(*PAIR_COLUMNS[2:], *PAIR_COLUMNS[:2])).distinct()


def _sized(persons: DataFrame, crosswalk: DataFrame) -> DataFrame:
    """``source, source_key, customer_id, records`` of every record that is compared."""
    sizes = crosswalk.groupBy("customer_id").agg(F.count("*").alias("of_customer"))
    linked = sizes.join(crosswalk.select("customer_id", "source", "source_key"), "customer_id")
    alike = persons.where(F.col("person_key").isNotNull()).groupBy("source", "person_key")
    alone = alike.agg(F.count("*").alias("of_person")).withColumnRenamed("person_key", "source_key")
    both = linked.join(alone, ["source", "source_key"], "right")
    return both.select("source", "source_key", "customer_id", F.coalesce("of_customer", "of_person"))


def _attributes(sources: Mapping[str, DataFrame], linking: LinkingParameters) -> DataFrame:
    """``source, source_key`` and a struct of all attributes, as text."""
    frames = []
    for source, columns in linking.persons.items():
        values = []
        for name in _names(linking):
            text = F.col(columns[name]).cast("string") if name in columns else F.lit(None).cast("string")
            values.append(text.alias(name))
        frames.append(
            sources[source].select(
                F.lit(source).alias("source"), "source_key", F.struct(*values).alias("values")
            )
        )
    return union(frames)


def _side_by_side(linking: LinkingParameters) -> Column:
    lines = []
    for name in _names(linking):
        left, right = F.col(f"left_values.{name}"), F.col(f"right_values.{name}")
        line = F.struct(
            F.lit(name).alias("attribute"),
            left.alias("left_value"),
            right.alias("right_value"),
            F.lit(None).cast("string").alias("agreement"),
        )
        lines.append(F.when(F.coalesce(left, right).isNotNull(), line))
    return F.filter(F.array(*lines), lambda line: line.isNotNull())


def _names(linking: LinkingParameters) -> list[str]:
    return list(dict.fromkeys(name for columns in linking.persons.values() for name in columns))


def _compare_values(batches: Iterable[pa.RecordBatch], *, show_values: bool) -> Iterator[pa.RecordBatch]:
    """Say how the values of each pair agree, and mask them: pairs that are unsure are few."""
    import pyarrow as pa

    for batch in batches:
        place = batch.schema.get_field_index("attributes")
        rows = [[_one_line(line, show_values) for line in lines] for lines in batch.column(place).to_pylist()]
        columns = batch.columns
        columns[place] = pa.array(rows, type=batch.schema.field(place).type)
        yield pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _one_line(line: dict[str, Any], show_values: bool) -> dict[str, Any]:
    found = compared(line["left_value"], line["right_value"])
    masks = {} if show_values else {"left_value": found.left or None, "right_value": found.right or None}
    return line | masks | {"agreement": found.agreement}
