"""From what a table is to be to what must be written of it: nothing where nothing differs."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame

from customer_360.engine import Plan, Scratch, TableUpdate, differing_rows

_THERE = "is_there"


def update_of(
    plan: Plan, now: DataFrame, before: DataFrame, keys: Sequence[str], scratch: Scratch
) -> TableUpdate:
    """Write the rows that differ.

    Args:
        plan: of the table.
        now: the table as it is to be; or some of its rows, where it has the columns that it had.
        before: the table as it is, or the same rows of it.
        keys: what tells rows apart.
        scratch: where intermediate tables may be written.
    """
    if plan.is_anew or not have_same_columns(now, before):
        return plan.all(now)
    return update_by(plan, kept_differences(now, before, keys, scratch), keys)


def have_same_columns(one: DataFrame, other: DataFrame) -> bool:
    """Whether two frames have columns of the same names and types, in any order."""
    columns, others = (
        {field.name: field.dataType.simpleString() for field in frame.schema} for frame in (one, other)
    )
    return columns == others


def kept_differences(now: DataFrame, before: DataFrame, keys: Sequence[str], scratch: Scratch) -> DataFrame:
    """:func:`customer_360.engine.differing_rows`, computed once."""
    return scratch.keep(differing_rows(now, before, keys), "differing")


def update_by(plan: Plan, differing: DataFrame, keys: Sequence[str]) -> TableUpdate:
    """Write these differences, if there are any."""
    if differing.isEmpty():
        return plan.nothing()
    return plan.changes(differing.where(_THERE).drop(_THERE), differing.select(*keys))


def update_of_small(plan: Plan, now: DataFrame, before: DataFrame) -> TableUpdate:
    """Write a table of a few rows, whatever the data, unless it is as it was."""
    if plan.is_anew:
        return plan.all(now)
    names = now.columns
    found = now.collect()
    same = set(names) == set(before.columns) and _sorted(found) == _sorted(before.select(*names).collect())
    return plan.nothing() if same else plan.all(now.sparkSession.createDataFrame(found, now.schema))


def _sorted(rows: Sequence[object]) -> list[str]:
    return sorted(map(str, rows))
