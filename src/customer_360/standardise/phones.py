"""Phone numbers to E.164, by Google's libphonenumber rules."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from pyspark.sql import Column

from .distinct import map_struct
from .text import blank_to_null


def phone(column: Column, *, default_region: str, placeholders: Iterable[str] = ()) -> Column:
    """``STRUCT<phone STRING, valid BOOLEAN>`` of a phone number in any format.

    ``phone`` is E.164 where the number is possible (its length fits its country), else null. ``valid`` says
    whether the number lies in a range that is in use; it is false for a text that is no possible number and
    null where there is no text. Extensions are dropped. ``placeholders`` and numbers of one repeated digit
    (000-000) are no numbers. Take the fields from a projection of its own, so that it is computed once.

    Args:
        column: the number as it came.
        default_region: ISO 3166-1 alpha-2 country of numbers that come without a country code.
        placeholders: whole texts that stand for nothing.
    """
    convert = partial(parse_phone, default_region=default_region)
    text = blank_to_null(column, placeholders)
    return map_struct(text, convert, {"phone": "string", "valid": "boolean"})


def parse_phone(text: str, *, default_region: str) -> tuple[str | None, bool]:
    """E.164 form (or none) and validity of one number; never raises on a text."""
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

    # 00 is how much of the world dials abroad; no country's own numbers begin with it
    international = f"+{text[2:]}" if text.startswith("00") else text
    try:
        number = phonenumbers.parse(international, default_region)
    except NumberParseException:
        return None, False
    # "possible, local only" would lose its area code in E.164 and become somebody else's number
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None, False
    if len(set(str(number.national_number))) == 1:
        return None, False
    return phonenumbers.format_number(number, PhoneNumberFormat.E164), phonenumbers.is_valid_number(number)
