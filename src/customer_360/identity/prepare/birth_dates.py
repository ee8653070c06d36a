"""Birth dates as numbers, and those that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import try_cast

_MONTHS = 12
_FIRST_YEAR, _LAST_YEAR = 2, 2100
_PLACEHOLDER = r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}"


def date_number(text: Column) -> Column:
    """Eight digits, year first, as an INT; not necessarily a day of the calendar, since typos count too.

    Years come first or last; a first part of 13 and more cannot be a month.
    """
    year_first = r"^([0-9]{4})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{1,2})(?:[^0-9].*)?$"
    year_last = r"^([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4})(?:[ t].*)?$"

    def part(pattern: str, group: int) -> Column:
        return F.regexp_extract(text, pattern, group).cast("int")

    first, second = part(year_last, 1), part(year_last, 2)
    month, day = (
        F.when(first > _MONTHS, second).otherwise(first),
        F.when(first > _MONTHS, first).otherwise(second),
    )
    return (
        F.when(text.rlike(r"^[0-9]{8}$"), try_cast(text, "int"))
        .when(  # what most dates look like
            text.rlike(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), try_cast(F.replace(text, F.lit("-")), "int")
        )
        .when(
            text.rlike(year_first),
            part(year_first, 1) * 10000 + part(year_first, 2) * 100 + part(year_first, 3),
        )
        .when(text.rlike(year_last), part(year_last, 3) * 10000 + month * 100 + day)
    )


def is_no_birth_date(date: Column, placeholders: Iterable[str]) -> Column:
    """BOOLEAN of a date as a number (19960503): no person is born then, or it is one of ``placeholders``.

    A date without month and day (1950-00-00) is none. One without either (1996-05-00), or with a month or day that is
    none (1996-51-03), is incomplete or has a typo: what is left of it still tells people apart. A default that could
    be somebody's birth date, such as 2000-01-01, is for the model to find: too many share it.
    """
    days = [int(re.sub("[^0-9]", "", text)) for text in placeholders if re.fullmatch(_PLACEHOLDER, text)]
    year = F.floor(date / 10000)
    unreal = (year > _LAST_YEAR) | (year < _FIRST_YEAR) | (date % 10000 == 0)
    return unreal | date.isin(days) if days else unreal
