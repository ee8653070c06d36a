"""Exact rules: a record belongs to the customer of the one target record with the same normalised value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import value_of
from customer_360.identity import comparable_value
from customer_360.parameters import LinkingRule


def match_exactly(
    records: Mapping[str, DataFrame], rules: Sequence[LinkingRule], customers: Mapping[str, DataFrame]
) -> DataFrame:
    """Try the rules on every record; the first, in order, that finds exactly one customer wins.

    However many rules and sources there are, it takes one join and two aggregations.

    Args:
        records: silver frames to link, by source; those without a rule find nobody.
        rules: rules in order; those of other sources are passed over.
        customers: for every target of these rules its silver records and their ``customer_id``.

    Returns:
        ``source, source_key, customer_id, method, confidence, reason``, one row per record: linked (``reason`` null)
        or not (the others null), with the ``reason``
        ``no_key``: nothing to compare; ``unreadable_key``: a value that is not what ``normalise`` says, such as a
        number; ``no_match``; ``ambiguous``: some rule found several customers and none found exactly one.
    """
    numbered = [(order, rule) for order, rule in enumerate(rules) if rule.source in records]
    keys = reduce(DataFrame.unionAll, [*_keys(records, numbered), *_keyless(records, numbered)])
    if not numbered:
        nobody = F.lit(None).cast("string")
        found = keys.withColumns({"first": nobody, "last": nobody})
    else:
        found = keys.join(_values(numbered, customers), ["rule", "value"], "left")
    return _outcomes(found, numbered)


def _keys(records: Mapping[str, DataFrame], rules: Sequence[tuple[int, LinkingRule]]) -> list[DataFrame]:
    """``source, source_key, rule, value, shown``: what each record shows to each of its rules."""
    return [
        records[rule.source].select(
            F.lit(rule.source).alias("source"),
            "source_key",
            F.lit(order).alias("rule"),
            _value(records[rule.source], rule.column, rule.only_if, rule).alias("value"),
            _only_if(shown_text(records[rule.source], rule.column).isNotNull(), rule.only_if).alias("shown"),
        )
        for order, rule in rules
    ]


def _keyless(records: Mapping[str, DataFrame], rules: Sequence[tuple[int, LinkingRule]]) -> list[DataFrame]:
    with_rules = {rule.source for _, rule in rules}
    return [
        frame.select(
            F.lit(source).alias("source"),
            "source_key",
            F.lit(None).cast("int").alias("rule"),
            F.lit(None).cast("string").alias("value"),
            F.lit(False).alias("shown"),
        )
        for source, frame in records.items()
        if source not in with_rules
    ]


def _values(rules: Sequence[tuple[int, LinkingRule]], customers: Mapping[str, DataFrame]) -> DataFrame:
    """``rule, value, first, last``: the customers behind each value; one customer where first equals last."""
    frames = [
        customers[rule.target].select(
            F.lit(order).alias("rule"),
            _value(customers[rule.target], rule.target_column, rule.target_only_if, rule).alias("value"),
            "customer_id",
        )
        for order, rule in rules
    ]
    known = F.col("value").isNotNull() & F.col("customer_id").isNotNull()
    return (
        reduce(DataFrame.unionAll, frames)
        .where(known)
        .groupBy("rule", "value")
        .agg(F.min("customer_id").alias("first"), F.max("customer_id").alias("last"))
    )


def shown_text(frame: DataFrame, column: str) -> Column:
    """What a record shows to a rule, before it is brought into the form that is compared; null if blank."""
    return comparable_value(value_of(frame, column), "exact")


def _value(frame: DataFrame, column: str, only_if: str | None, rule: LinkingRule) -> Column:
    return _only_if(comparable_value(value_of(frame, column), rule.normalise), only_if)


def _only_if(value: Column, condition: str | None) -> Column:
    return F.when(F.col(condition), value) if condition else value


def _outcomes(found: DataFrame, rules: Sequence[tuple[int, LinkingRule]]) -> DataFrame:
    one = F.col("first") == F.col("last")
    per_record = found.groupBy("source", "source_key").agg(
        F.min(F.when(one, F.col("rule"))).alias("won"),
        F.min_by(F.when(one, F.col("first")), F.when(one, F.col("rule"))).alias("customer_id"),
        F.max(F.when(F.col("first") != F.col("last"), 1).otherwise(0)).alias("several"),
        F.max(F.when(F.col("value").isNotNull(), 1).otherwise(0)).alias("comparable"),
        F.max(F.when(F.col("shown"), 1).otherwise(0)).alias("shown"),
    )
    won = F.col("won")
    reason = (
        F.when(won.isNotNull(), F.lit(None).cast("string"))
        .when(F.col("several") == 1, F.lit("ambiguous"))
        .when(F.col("comparable") == 1, F.lit("no_match"))
        .when(F.col("shown") == 1, F.lit("unreadable_key"))
        .otherwise(F.lit("no_key"))
    )
    return per_record.select(
        "source",
        "source_key",
        "customer_id",
        _by_rule(won, {order: F.lit(rule.name) for order, rule in rules}, "string").alias("method"),
        _by_rule(won, {order: F.lit(rule.confidence) for order, rule in rules}, "double").alias("confidence"),
        reason.alias("reason"),
    )


def _by_rule(rule: Column, values: Mapping[int, Column], data_type: str) -> Column:
    chosen = F.lit(None).cast(data_type)
    for order, value in values.items():
        chosen = F.when(rule == order, value).otherwise(chosen)
    return chosen
