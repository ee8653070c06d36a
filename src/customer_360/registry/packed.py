"""Several values in one text, in the order of their values.

The greatest or least of a struct is what is meant; of a text it is found many times faster (Sail 0.7: 1M rows in
half a second rather than half a minute), because engines aggregate structs value by value.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_SEPARATOR = "\u001f"  # sorts before every character that a key is made of
_DIGITS = 18
_MOST = 10**_DIGITS - 1


def packed(*parts: Column | str) -> Column:
    """The texts (null: empty) as one; none of them but the last may hold U+001F."""
    columns = [F.col(part) if isinstance(part, str) else part for part in parts]
    return F.concat_ws(_SEPARATOR, *[F.coalesce(column, F.lit("")) for column in columns])


def ascending(number: Column | str) -> Column:
    """A number from zero on, as a text that sorts as it does."""
    return F.lpad((F.col(number) if isinstance(number, str) else number).cast("string"), _DIGITS, "0")


def descending(number: Column | str) -> Column:
    """A number from zero on, as a text that sorts the other way round."""
    column = F.col(number) if isinstance(number, str) else number
    return ascending(F.lit(_MOST) - column)


def unpacked(text: Column | str, position: int, *, of: int) -> Column:
    """The part at ``position`` (0, 1, ...) of ``of`` parts; null where it is empty. The last is all the rest."""
    column = F.col(text) if isinstance(text, str) else text
    part = F.split(column, _SEPARATOR, of)[position]
    return F.when(part != "", part)
