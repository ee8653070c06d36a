"""Plain text: white space, blanks, placeholder words, lists of tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.portable import null_if

# Control characters and every kind of space; Spark's own trim knows the ASCII space only.
_SPACES = r"[\x00-\x20\x7f-\xa0\x{1680}\x{2000}-\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]+"
_META = re.compile(r"([.^$*+?{}\[\]\\|()])")


def tidy(column: Column) -> Column:
    """Text without white space at its ends, and with single spaces inside."""
    return F.trim(F.regexp_replace(column, _SPACES, " "))


def blank_to_null(column: Column, placeholders: Iterable[str] = ()) -> Column:
    """Tidy text; null where nothing is left or the whole text is one of ``placeholders`` (any case)."""
    return _null_if_blank(without_placeholders(tidy(column), placeholders))


def without_placeholders(tidied: Column, placeholders: Iterable[str]) -> Column:
    """Tidied text, empty where the whole of it is one of ``placeholders`` (any case)."""
    words = [_META.sub(r"\\\1", word.strip()) for word in placeholders if word.strip()]
    return F.regexp_replace(tidied, rf"(?i)^(?:{'|'.join(words)})\z", "") if words else tidied


def tags(column: Column) -> Column:
    """``ARRAY<STRING>`` of a JSON array (or of a text with commas): lower case, distinct, sorted, never null.

    Sorted, because a set has no order and the engines would otherwise each choose their own.
    """
    listed = F.coalesce(F.from_json(column, "array<string>"), F.split(column, ","))
    words = F.array_remove(F.transform(listed, lambda word: F.lower(tidy(F.coalesce(word, F.lit(""))))), "")
    return F.coalesce(F.array_sort(F.array_distinct(words)), F.array().cast("array<string>"))


def bind(value: Column, body: Callable[[Column], Column]) -> Column:
    """``body(value)`` with ``value`` computed once, however often the body mentions it.

    Expressions are trees: a step that mentions the one before it three times would triple the plan.
    """
    return F.transform(F.array(value), body).getItem(0)


def _null_if_blank(column: Column) -> Column:
    return null_if(column, F.lit(""))
