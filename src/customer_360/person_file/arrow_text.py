"""Any Arrow column as text: what a person reads in it, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_DIGITS_OF = {"halffloat": 2**11, "float": 2**24, "double": 2**53}  # whole numbers up to here are exact


class UnreadableType(ValueError):
    """A column holds what is no one text; the message says what."""


def as_text(values: Any) -> Any:
    """An Arrow array as an array of strings.

    Whole numbers are digits, also those of a floating-point column as far as it is exact; NaN and infinity are missing;
    a time stamp at midnight is its date; a dictionary is its values; bytes are UTF-8 text.

    Raises:
        UnreadableType: lists, structures, durations, times of day, bytes that are no text.
    """
    import pyarrow as pa
    import pyarrow.types as of

    kind = values.type
    if isinstance(values, pa.ExtensionArray) and kind.extension_name != "arrow.uuid":
        return as_text(values.storage)
    kinds: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
        (of.is_dictionary, lambda found: as_text(found.dictionary_decode())),
        (of.is_floating, _float_text),
        (of.is_decimal, _decimal_text),
        (of.is_date, lambda found: found.cast(pa.date32()).cast(pa.string())),
        (of.is_timestamp, _time_stamp_text),
        (_is_plain, lambda found: found.cast(pa.string())),
        (_is_bytes, _bytes_text),
        (_is_uuid, lambda found: pa.array([item and str(item) for item in found.to_pylist()], pa.string())),
    )
    for belongs, text in kinds:
        if belongs(kind):
            return text(values)
    raise UnreadableType(f"{kind}, but one text, number or date for each record is needed")


def _is_plain(kind: Any) -> bool:
    import pyarrow.types as of

    kinds = (of.is_null, of.is_integer, of.is_boolean, of.is_string, of.is_large_string, of.is_string_view)
    return any(belongs(kind) for belongs in kinds)


def _is_bytes(kind: Any) -> bool:
    import pyarrow.types as of

    kinds = (of.is_binary, of.is_large_binary, of.is_fixed_size_binary, of.is_binary_view)
    return any(belongs(kind) for belongs in kinds)


def _is_uuid(kind: Any) -> bool:
    return getattr(kind, "extension_name", "") == "arrow.uuid"


def _bytes_text(values: Any) -> Any:
    import pyarrow as pa

    try:
        return values.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        raise UnreadableType("bytes that are not UTF-8 text") from None


def _decimal_text(values: Any) -> Any:
    """Without the zeros that only its type adds: 12.00 is 12."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.cast(values, pa.string())
    return pc.replace_substring_regex(text, r"^(-?\d+)(?:\.0*|(\.\d*?[1-9])0*)$", r"\1\2")


def _float_text(values: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    exact = _DIGITS_OF[str(values.type)]
    wide = values.cast(pa.float64())
    finite = pc.if_else(pc.is_finite(wide), wide, pa.scalar(None, pa.float64()))
    whole = pc.and_(pc.equal(finite, pc.floor(finite)), pc.less_equal(pc.abs(finite), float(exact)))
    digits = pc.if_else(whole, finite, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.string())
    others = pc.and_not(pc.is_valid(finite), pc.fill_null(whole, False))
    if not pc.any(others).as_py():
        return digits
    numbers = values.to_numpy(zero_copy_only=False)
    texts = [
        str(number) if other else None for number, other in zip(numbers, others.to_pylist(), strict=True)
    ]
    return pc.coalesce(digits, pa.array(texts, pa.string()))


def _time_stamp_text(values: Any) -> Any:
    """As the clock of its own time zone shows it, without fractions of seconds; the date alone at midnight."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.type.tz is not None:
        values = pc.local_timestamp(values)
    day = pc.floor_temporal(values, unit="day")
    dates = day.cast(pa.date32()).cast(pa.string())
    times = pc.floor_temporal(values, unit="second").cast(pa.timestamp("s"), safe=False).cast(pa.string())
    return pc.if_else(pc.equal(values, day), dates, times)
