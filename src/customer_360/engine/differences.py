"""What differs between a table as it is and as it is to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_NOW, _BEFORE = "_print_now", "_print_before"


def differing_rows(now: DataFrame, before: DataFrame, keys: Sequence[str]) -> DataFrame:
    """The rows that differ, and of those that are gone the keys.

    Args:
        now: the table as it is to be, unique by ``keys``.
        before: the table as it is, with the same columns and others, or with some of them.
        keys: what tells rows apart; never null.

    Returns:
        The columns of ``now``, and ``is_there`` BOOLEAN: false for rows that are gone.
    """
    from pyspark.sql import functions as F

    there = set(before.columns)
    shared = [name for name in now.columns if name in there]
    former = before.select(*keys, _print(before, shared).alias(_BEFORE))
    today = now.withColumn(_NOW, _print(now, now.columns))
    both = today.join(former, list(keys), "full_outer")
    differs = both.where(~F.col(_NOW).eqNullSafe(F.col(_BEFORE)))
    return differs.select(*now.columns, F.col(_NOW).isNotNull().alias("is_there"))


def _print(frame: DataFrame, names: Sequence[str]) -> Column:
    """What tells two rows apart; a null leaves no trace, like a column that is not there."""
    from pyspark.sql import functions as F

    return F.sha2(F.to_json(F.struct(*[frame[name] for name in names])), 256)
