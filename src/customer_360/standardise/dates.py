"""Dates without a time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import try_cast

from .text import tidy

# Before 1600 lie the calendar reforms, where engines and file formats disagree; nobody here was born then.
_PARTS = {"y": "((?:1[6-9]|2[0-9])[0-9]{2})", "M": "([0-9]{1,2})", "d": "([0-9]{1,2})"}
_TIME = r"(?:[T ][0-9][0-9:.,]* ?(?:Z|[+-][0-9:]{2,6})?)?\z"
_FIELDS = re.compile(r"y+|M+|d+|[^yMd]+")


def date(column: Column, patterns: Sequence[str]) -> Column:
    """``DATE`` by the first pattern that fits; a time after the date is ignored.

    A pattern is made of ``y``, ``M`` and ``d`` (repeated as one likes: days and months may have one or two
    digits, years have four) with marks between them: ``y-M-d``, ``MM/dd/yyyy``. A text that fits none, an
    impossible date such as 30 February and a year before 1600 or after 2999 become null.
    """
    text = tidy(column)
    return F.coalesce(*[_parse(text, pattern) for pattern in patterns])


def date_regex(pattern: str) -> tuple[str, str]:
    """The regular expression of a date pattern, and the replacement that turns a match into ``y-M-d``.

    Raises:
        ValueError: the pattern does not name year, month and day once each, with marks between them.
    """
    fields = _FIELDS.findall(pattern)
    order = [field[0] for field in fields[::2]]
    marks = fields[1::2]
    if sorted(order) != ["M", "d", "y"] or len(marks) != 2 or not all(map(_is_mark, marks)):  # noqa: PLR2004
        raise ValueError(
            f"date pattern '{pattern}': expected y, M and d once each with marks between them, such as "
            "y-M-d or MM/dd/yyyy"
        )
    body = "".join(_PARTS[f[0]] if f[0] in _PARTS else re.sub(r"([^ ])", r"[\1]", f) for f in fields)
    return f"^{body}{_TIME}", "-".join(f"${order.index(part) + 1}" for part in "yMd")


def _is_mark(text: str) -> bool:
    return bool(re.fullmatch(r"[-/., ]+", text))


def _parse(text: Column, pattern: str) -> Column:
    regex, iso = date_regex(pattern)
    # The regex checks the form, the cast of an ISO date the calendar: the same on every engine and setting,
    # which Spark's own parsers of patterns are not.
    return try_cast(F.when(text.rlike(regex), F.regexp_replace(text, regex, iso)), "date")
