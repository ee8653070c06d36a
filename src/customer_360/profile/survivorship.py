"""Survivorship: of all records of a customer, which one gives an attribute or a group of them.

Input are the records of :func:`customer_360.profile.records.profile_records`. Each gets a ``rank`` within its
customer (1 is best). Every choice is the smallest of whole numbers that put what counts first, what counts
next and the rank one after the other. The rank makes them differ, so that the result never depends on the
order of rows; and the smallest of numbers is several times faster than that of structs.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from customer_360.parameters import AttributeGroup, AttributeSource, GroupSource, ProfileParameters
from customer_360.profile.order import record_order

_NOT_IN_PLACES = r"[^\p{L}\p{N}]+"
_CHOICES = 1_000  # more than a list of sources is long
_RANKS = 2**32  # more than the records of one customer


def survivors(records: DataFrame, profile: ProfileParameters) -> DataFrame:
    """Choose every attribute's value, in windows over the customers and one aggregation.

    Returns:
        ``customer_id``; for each attribute ``<attribute>`` and ``<attribute>_source``, where it came from
        (both null where no record has it); ``<source>_key`` for the sources of ``profile.keys``.
    """
    of_customer = Window.partitionBy("customer_id")
    order = record_order(F.col("confidence"), F.col("source_key"))
    prepared = records.withColumn("rank", F.row_number().over(of_customer.orderBy(*order, "source")))
    prepared = _with_winners(prepared, profile, of_customer)
    chosen: list[Column] = []
    for attribute, sources in _orders(profile).items():
        chosen.append(_first(attribute, having=attribute, by=sources).alias(attribute))
        chosen.append(_first("source", having=attribute, by=sources).alias(f"{attribute}_source"))
    for source in profile.keys:
        by_rank = F.when(F.col("source") == source, F.col("rank"))
        chosen.append(_first("source_key", having="source_key", by=by_rank).alias(f"{source}_key"))
    return prepared.groupBy("customer_id").agg(*chosen)


def _orders(profile: ProfileParameters) -> dict[str, Column]:
    """For every attribute the order in which records may give it; null for records that may not."""
    orders = {
        attribute: _order(_group_order(name, group))
        for name, group in profile.groups.items()
        for attribute in group.attributes
    }
    return orders | {attribute: _order([_priority(items)]) for attribute, items in profile.attributes.items()}


def _order(parts: Sequence[Column]) -> Column:
    """Small whole numbers, the most important first, and the rank as one BIGINT; null if any is null."""
    number = F.lit(0).cast("bigint")
    for part in parts:
        number = number * _CHOICES + part
    return number * F.lit(_RANKS) + F.col("rank")


def _first(column: str, *, having: str, by: Column) -> Column:
    """The column's value from the first record, by the order, that has the attribute ``having``."""
    order = F.when(F.col(having).isNotNull(), by)
    return F.min_by(F.when(order.isNotNull(), F.col(column)), order)


def _priority(sources: Sequence[AttributeSource | GroupSource]) -> Column:
    """Place of the record's source in the list; null if it is not in it."""
    priority = F.lit(None).cast("int")
    for position, item in enumerate(sources):
        priority = F.when(F.col("source") == item.source, F.lit(position)).otherwise(priority)
    return priority


# ------------------------------------------------------------------------------------------------- groups
def _with_winners(records: DataFrame, profile: ProfileParameters, of_customer: WindowSpec) -> DataFrame:
    """Add for each group ``_<group>_standing``.

    It is 0 for the record that gives the group, 1 for records of the very same place, which may fill its blanks, and
    null for all others. The giving record is the first that has all required attributes, else the first that has any.
    """
    for name, group in profile.groups.items():
        order, best, place = f"_{name}_order", f"_{name}_best", f"_{name}_place"
        has_any = F.coalesce(*[F.col(attribute).cast("string") for attribute in group.attributes]).isNotNull()
        ordered = _order([_incomplete(group), _priority(group.sources)])
        records = records.withColumns({order: F.when(has_any, ordered), place: _place(group)})
        records = records.withColumn(best, F.min(order).over(of_customer))
        is_best = F.col(order) == F.col(best)
        standing = F.when(is_best, 0)
        if group.same_place:
            best_place = F.max(F.when(is_best, F.col(place))).over(of_customer)
            records = records.withColumn(f"_{name}_best_place", best_place)
            standing = standing.when(F.col(place) == F.col(f"_{name}_best_place"), 1)
        records = records.withColumn(_standing(name), standing)
    return records


def _standing(group: str) -> str:
    return f"_{group}_standing"


def _group_order(name: str, group: AttributeGroup) -> list[Column]:
    return [F.col(_standing(name)), _incomplete(group), _priority(group.sources)]


def _incomplete(group: AttributeGroup) -> Column:
    complete = F.lit(True)
    for attribute in group.requires:
        complete = complete & F.col(attribute).isNotNull()
    return F.when(complete, 0).otherwise(1)


def _place(group: AttributeGroup) -> Column:
    """What says that two records mean the same place, case, spaces and punctuation aside.

    Null where a part of it is blank.
    """
    known, parts = F.lit(bool(group.same_place)), []
    for attribute in group.same_place:
        part = F.trim(F.regexp_replace(F.lower(F.col(attribute).cast("string")), _NOT_IN_PLACES, " "))
        known = known & F.coalesce(part != "", F.lit(False))
        parts.append(part)
    return F.when(known, F.concat_ws("\u001f", *parts)) if parts else F.lit(None).cast("string")
