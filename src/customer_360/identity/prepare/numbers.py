"""Digits, taken only from what is a number."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import null_if
from customer_360.identity.prepare.placeholders import is_filler, is_masked
from customer_360.identity.prepare.scripts import letters_and_digits

# 4.47701E+11: what a spreadsheet makes of a long number; its last digits are gone
_ROUNDED = r"^[+-]?[0-9](?:[.,][0-9]+e[+]?|e[+])[0-9]{1,3}$"
_ZERO_DECIMALS = r"[.,]0+$"  # 447701123456.0: a number that was read as one with decimals
_DATE = (
    r"^(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:[0-2]?[0-9]|3[01])(?:[t ].*)?$"
    r"|^(?:[0-2]?[0-9]|3[01])[-/.](?:[0-2]?[0-9]|3[01])[-/.](?:19|20)[0-9]{2}$"
)
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 15  # digits; E.164 has no longer ones
_COMPARED = 9
# The first run of signs that numbers are written with. Whatever follows (an extension, a second number, a remark) is
# not part of it. A slash is inside a number (030/1234567) only where it would be too short without.
_NOTHING_BUT_RUN = r"^[+(]*[0-9][0-9() -]*$"
_FIRST_RUN = r"^[^0-9+]*(\+?(?:[0-9][() .-]*){7,})"
_FIRST_RUN_WITH_SLASH = r"^[^0-9+]*(\+?(?:[0-9][() ./-]*){7,})"
_ANY_RUN = r"(\+?(?:[0-9][() .-]*){7,})"
# A number in which letters are typed for digits that look like them, and nothing else
_LOOKALIKES = ("oilszb", "011528")
_WITH_LOOKALIKES = rf"^[+(]*(?:[0-9() ./-]*[0-9][{_LOOKALIKES[0]}])+[0-9][0-9() ./-]*$"
# A number that people dial by letters: nothing but digits and then words, of exactly a number's form.
_VANITY = (
    r"^(?:\+?1)?([2-9][0-9]{2}[0-9]{0,4}[a-z][a-z0-9]*[a-z])$|^(0[789]00[a-z]{5,})$|^(1[38]00[a-z]{6,})$"
)
_NANP_DIGITS = 10
_KEYPAD = ("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_COUNTRY = (  # ITU country codes: none begins another
    r"(?:1|7|2[07]|3[0123469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|"
    r"(?:2[1-689]|3[578]|42|5[09]|6[789]|8[0578]|9[679])[0-9])"
)


def is_rounded(text: Column) -> Column:
    """BOOLEAN of a plain text: a number of which a spreadsheet kept the first digits only."""
    return text.rlike(_ROUNDED)


def phone_run(text: Column) -> Column:
    """The part of a plain text that is its first telephone number; empty where there is none."""
    simple = text.rlike(_NOTHING_BUT_RUN) & ~text.rlike(_DATE)
    return F.when(simple, text).otherwise(_run_among_others(text))


def _run_among_others(text: Column) -> Column:
    digits = F.when(text.rlike(_WITH_LOOKALIKES), F.translate(text, *_LOOKALIKES)).otherwise(text)
    exact = F.regexp_replace(digits, _ZERO_DECIMALS, "")
    runs = [F.regexp_extract(exact, run, 1) for run in (_FIRST_RUN, _FIRST_RUN_WITH_SLASH, _ANY_RUN)]
    found = F.coalesce(*[null_if(run, F.lit("")) for run in runs], _dialled_letters(text))
    meaningless = is_rounded(text) | is_masked(text) | text.rlike(_DATE) | text.contains("@")
    return F.when(meaningless, F.lit("")).otherwise(found)


def phone_digits(run: Column) -> Column:
    """The last nine digits of a number, without country code and trunk prefix; null if there are too few or many.

    Args:
        run: as :func:`phone_run` returns it.
    """
    simple = run.rlike(rf"^[1-9][0-9]{{{_SHORTEST_PHONE - 1},{_LONGEST_PHONE - 1}}}$")
    return F.when(simple, F.substring(run, -_COMPARED, _COMPARED)).otherwise(_national_digits(run))


def _national_digits(run: Column) -> Column:
    written = F.regexp_replace(F.regexp_replace(run, r"\(0\)", ""), "[^0-9+]+", "")
    plus = F.regexp_replace(written, "^00", "+")  # how much of the world dials abroad
    national = F.regexp_replace(F.regexp_replace(plus, rf"^\+{_COUNTRY}", ""), "^[+0]+", "")
    possible = F.length(F.regexp_replace(plus, "[+]", "")).between(_SHORTEST_PHONE, _LONGEST_PHONE)
    return F.when(possible, F.substring(national, -_COMPARED, _COMPARED))


def phone_number(digits: Column) -> Column:
    """Null for one digit over and over, and for digits that count up or down.

    Args:
        digits: as :func:`phone_digits` returns them.
    """
    return F.when(~is_filler(digits), digits)


def identifier_text(text: Column) -> Column:
    """Letters and digits of a plain text that names a person (AB123456C), the first one of several.

    Empty for what is rounded or masked. Zeros in front of a number do not count: spreadsheets drop them.
    """
    simple = text.rlike("^[a-z0-9]+$") & ~is_masked(text)
    bare = F.when(simple, text).otherwise(_bare_identifier(text))
    return F.when(bare.startswith("0"), F.regexp_replace(bare, "^0+([0-9]+)$", "$1")).otherwise(bare)


def _bare_identifier(text: Column) -> Column:
    first = F.regexp_replace(F.regexp_replace(text, r"^[a-z .]*[:#] *", ""), r" *(?:[;|]| or | / ).*$", "")
    bare = letters_and_digits(F.regexp_replace(first, _ZERO_DECIMALS, ""))
    return F.when(is_rounded(text) | is_masked(text), F.lit("")).otherwise(bare)


def identifier(bare: Column) -> Column:
    """Null for one sign over and over, and for digits that count up or down.

    Args:
        bare: as :func:`identifier_text` returns it.
    """
    return F.when(~is_filler(bare), bare)


def _dialled_letters(text: Column) -> Column:
    """``1-800-flowers`` -> ``8003569377``; empty for what is no such number."""
    bare = F.regexp_replace(text, r"[() ./-]+", "")
    of_nanp = F.substring(F.regexp_extract(bare, _VANITY, 1), 1, _NANP_DIGITS)
    other = F.concat(F.regexp_extract(bare, _VANITY, 2), F.regexp_extract(bare, _VANITY, 3))
    found = F.when(F.length(of_nanp) == _NANP_DIGITS, of_nanp).otherwise(other)
    return F.translate(found, *_KEYPAD)
