"""Values of pandas and Spark frames as JSON has them: the same value always the same text, and no digit lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any
from uuid import UUID

from customer_360.datasets.json_text import parse_json

_MISSING = ("NAType", "NaTType")  # of pandas, which need not be imported for it
_INT64 = range(-(2**63), 2**63)
_EXACT = 2.0**53  # whole numbers up to here are all doubles


class NotAValue(TypeError):
    """A value of a type that no JSON has. Carries no part of the value."""


def json_value(value: Any) -> Any:
    """What stands for a frame's value in JSON.

    Missing values (None, NaN, NaT, NA) are null. A whole number is one whether its column holds integers or, because
    another row has none, floats: ``12.0`` is 12. Decimals, and numbers with more digits than a double or 64 bits hold,
    are texts. Dates and times are ISO 8601, with an offset only where they have a zone.

    Raises:
        NotAValue: a value that is none of these.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if value in _INT64 else str(value)
    if isinstance(value, float):
        return _number(float(value))
    return _other(value)


def _number(value: float) -> Any:
    if value != value:  # noqa: PLR0124  # NaN
        return None
    if not isfinite(value):
        return value
    if value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    return parse_json(format(Decimal(repr(value)), "f"))


def _other(value: Any) -> Any:
    if type(value).__name__ in _MISSING:
        return None
    for kinds, convert in _CONVERSIONS:
        if isinstance(value, kinds):
            return convert(value)
    return _of_numpy(value)


def _decimal(value: Decimal) -> Any:
    if value.is_nan():
        return None
    return format(value, "f") if value.is_finite() else float(value)


def _sequence(value: Any) -> Any:
    return (
        json_value(value.asDict()) if hasattr(value, "asDict") else [json_value(item) for item in value]
    )  # a Row of Spark


def _of_numpy(value: Any) -> Any:
    if getattr(value, "ndim", None) == 0 and hasattr(value, "dtype"):
        kind = value.dtype.kind
        if kind in "fM":  # by its own text: as a double a float32 has digits that it never had
            text = str(value)
            return None if text == "NaT" else _number(float(text)) if kind == "f" else text
        return json_value(value.item())
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return [json_value(item) for item in value]
    raise NotAValue(f"{type(value).__module__}.{type(value).__qualname__}")


_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Decimal, _decimal),
    (datetime, lambda value: (value.astimezone(UTC) if value.tzinfo else value).isoformat()),
    (date | time, lambda value: value.isoformat()),
    (bytes | bytearray | memoryview, lambda value: bytes(value).decode("utf-8", "surrogateescape")),
    (Mapping, lambda value: {str(name): json_value(item) for name, item in value.items()}),
    (list | tuple, _sequence),
    (UUID | Enum | timedelta, str),
)
