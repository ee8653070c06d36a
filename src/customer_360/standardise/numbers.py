"""Counts and coordinates."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import try_cast

from .text import tidy

_COUNT = r"^[+]?([0-9]{1,18})(?:[.]0*)?\z"
_EXPONENT = r"^[+]?[0-9]{1,15}(?:[.][0-9]{0,15})?[eE][+]?[0-9]{1,2}\z"
_LARGEST_EXACT = 2.0**53  # whole numbers up to here are all doubles
_DEGREES = r"[+-]?[0-9]{1,3}(?:[.][0-9]*)?(?:[eE][+-]?[0-9]{1,3})?"
_NUMBER = rf"^{_DEGREES}\z"
_PAIR = rf"^({_DEGREES}) ?[:;,/ ] ?({_DEGREES})\z"

MAX_LATITUDE = 90.0
MAX_LONGITUDE = 180.0


def count(column: Column) -> Column:
    """``BIGINT`` of a whole, non-negative number (``12``, ``12.0``, ``1.2E1``); null for anything else."""
    text = tidy(column)
    plain = try_cast(F.when(text.rlike(_COUNT), F.regexp_replace(text, _COUNT, "$1")), "bigint")
    number = try_cast(F.when(text.rlike(_EXPONENT), text), "double")
    is_exact = (number == F.floor(number).cast("double")) & (number <= _LARGEST_EXACT)
    return F.coalesce(plain, F.when(is_exact, number).cast("bigint"))


def coordinates(latitude: Column, longitude: Column) -> Column:
    """``STRUCT<latitude DOUBLE, longitude DOUBLE>`` in degrees; both or none.

    Null fields where either is missing, not a number, or outside [-90, 90] and [-180, 180].
    """
    return _checked(_degrees(latitude), _degrees(longitude))


def coordinate_pair(column: Column) -> Column:
    """The same as :func:`coordinates` from one text such as ``22.815468 : 115.608581`` (latitude first)."""
    text = tidy(column)
    return coordinates(F.regexp_extract(text, _PAIR, 1), F.regexp_extract(text, _PAIR, 2))


def _degrees(column: Column) -> Column:
    text = tidy(column)
    return try_cast(F.when(text.rlike(_NUMBER), text), "double")


def _checked(lat: Column, lng: Column) -> Column:
    usable = lat.between(-MAX_LATITUDE, MAX_LATITUDE) & lng.between(-MAX_LONGITUDE, MAX_LONGITUDE)
    return F.struct(F.when(usable, lat).alias("latitude"), F.when(usable, lng).alias("longitude"))
