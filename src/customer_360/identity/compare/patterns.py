"""Comparing pairs: features of both records side by side, one pattern for each pair."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.compare.layout import Layout
from customer_360.identity.compare.sql import columns_of_pair, over_pairs
from customer_360.parameters import PairRule


def compare_pairs(
    pairs: DataFrame,
    features: DataFrame,
    layout: Layout,
    rules: tuple[PairRule, ...] = (),
    *,
    few: bool = False,
) -> DataFrame:
    """Compare every pair.

    Args:
        pairs: ``l, r`` and whatever else is to be carried.
        features: ``rid``, the features and term frequencies that the model reads.
        layout: comparisons and their codes.
        rules: deterministic rules.
        few: the pairs are fewer than the records.

    Returns:
        the columns of ``pairs``, ``sources`` INT (a number for the pair of sources), ``pattern`` BIGINT, and
        ``rule`` INT: the number of the first rule that holds (null where none does).
    """
    columns = sorted(
        {*layout.needed(), *columns_of_pair(rule.when for rule in rules), "source_number"} - {"source"}
    )
    if any("source" in columns_of_pair([c.null]) for c in layout.comparisons) or "source" in layout.needed():
        columns.append("source")
    left = features.select(F.col("rid").alias("l"), *[F.col(name).alias(f"l_{name}") for name in columns])
    right = features.select(F.col("rid").alias("r"), *[F.col(name).alias(f"r_{name}") for name in columns])
    carried = list(pairs.columns)
    low = F.least("l_source_number", "r_source_number").cast("int")
    high = F.greatest("l_source_number", "r_source_number").cast("int")
    answers = [(high * (high + 1) / 2).cast("int") + low, layout.pattern(), _first_rule(rules)]
    names = ["sources", "pattern", "rule"]

    # a join keeps its left side in memory: that is the smaller one
    lefts = pairs.join(left, "l")
    both = lefts.join(right, "r") if few else right.join(lefts, "r")
    return both.select(*carried, *[answer.alias(name) for answer, name in zip(answers, names, strict=True)])


def _first_rule(rules: tuple[PairRule, ...]) -> Column:
    """The number of the first rule that holds for a pair."""
    rule = F.lit(None).cast("int")
    for number, item in reversed(list(enumerate(rules))):
        rule = F.when(F.expr(over_pairs(item.when)), F.lit(number)).otherwise(rule)
    return rule
