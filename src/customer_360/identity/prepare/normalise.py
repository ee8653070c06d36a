"""One form for the values that rules compare: as they are, or so that ``" C-0012"`` and ``12`` are one number."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.parameters import Normaliser

# One whole number, perhaps with letters around it (C-0012), separators within it or zero decimals (12.0).
# Not 12.5 and not 1e3, whose digits alone would be another number; nor anything with a hash sign, as made-up keys
# have one (#1a2b... for a blank one, 12#3c4d... for a repeated one), whose digits are those of a hash.
_WHOLE_NUMBER = r"^[^0-9#]*[0-9][0-9 _/-]*(\.0+)?[^0-9#]*$"
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def comparable_value(column: Column, how: Normaliser) -> Column:
    """Bring a column into the form that a rule compares.

    Args:
        column: any scalar.
        how: ``exact`` (as it is, trimmed), ``number`` (digits without leading zeros), ``email`` (trimmed, lower
            case) or ``text`` (trimmed, lower case, single spaces).

    Returns:
        STRING; null where there is nothing to compare: blank, not a whole number, not an e-mail address.
    """
    return _NORMALISERS[how](F.trim(column.cast("string")))


def exact(value: Column) -> Column:
    """As it is; blank -> null. ``007`` is not ``7``, and ``a1B`` is not ``a1b``."""
    return F.when(value != "", value)


def number(value: Column) -> Column:
    """``0012``, ``12.0``, ``C-12`` -> ``12``; ``000`` -> ``0``; what is not one whole number -> null."""
    digits = F.regexp_replace(F.regexp_replace(value, r"\.0+[^0-9]*$", ""), r"[^0-9]", "")
    stripped = F.regexp_replace(digits, r"^0+", "")
    return F.when(value.rlike(_WHOLE_NUMBER), F.when(stripped == "", F.lit("0")).otherwise(stripped))


def comparable_email(value: Column) -> Column:
    """Lower case; what is not shaped like an address -> null."""
    return F.when(value.rlike(_EMAIL), F.lower(value))


def text(value: Column) -> Column:
    """Lower case, single spaces; blank -> null."""
    single = F.regexp_replace(F.lower(value), r"\s+", " ")
    return F.when(single != "", single)


def without_tag(address: Column) -> Column:
    """``ann+news@x.org`` -> ``ann@x.org``: one mailbox. What is no address stays as it is."""
    return F.regexp_replace(address, r"\+[^@]*@", "@")


_NORMALISERS = {"exact": exact, "number": number, "email": comparable_email, "text": text}
