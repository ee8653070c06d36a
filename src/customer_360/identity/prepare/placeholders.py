"""Values that stand for nothing: entered because a field had to be filled, masked, or a program's default."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.identity.prepare.scripts import letters_and_digits

_UP = "0123456789" * 3
_DOWN = _UP[::-1]
_SHORTEST_COUNT = 4  # digits that count up or down
_SHORTEST_REPEAT = 3  # of one letter
_MASKED = r"[x*#\x{2022}]{3,}"


def is_nothing(text: Column, placeholders: Iterable[str]) -> Column:
    """BOOLEAN of a plain text: it holds no letter and no digit, or is one of ``placeholders`` but for its marks."""
    words = sorted({word for word in map(_word, placeholders) if word})
    bare = letters_and_digits(text)
    return (bare == "") | bare.isin(words) if words else bare == ""


def is_one_letter(text: Column) -> Column:
    """BOOLEAN: one letter over and over (``xxx``)."""
    rest = F.replace(F.replace(text, F.substring(text, 1, 1)), F.lit(" "))
    return (F.length(text) >= _SHORTEST_REPEAT) & (rest == "")


def is_filler(letters_and_digits: Column) -> Column:
    """BOOLEAN of an identifier without marks: one sign over and over, or digits that count up or down."""
    repeated = F.replace(letters_and_digits, F.substring(letters_and_digits, 1, 1)) == ""
    counted = F.lit(_UP).contains(letters_and_digits) | F.lit(_DOWN).contains(letters_and_digits)
    return repeated | (counted & (F.length(letters_and_digits) >= _SHORTEST_COUNT))


def is_masked(text: Column) -> Column:
    """BOOLEAN: parts of it are hidden (``XXX-XX-1234``), so that what is left is no identifier."""
    return text.rlike(_MASKED)


def is_nobodys_mailbox(address: Column, placeholders: Iterable[str]) -> Column:
    """BOOLEAN of an e-mail address: ``noreply@`` (any domain), ``@none.none`` (any mailbox) or ``a@b.c`` of the list.

    Marks inside a mailbox's name make no difference: ``no-reply`` and ``no.reply`` are ``noreply``.
    """
    entries = [entry.strip().lower() for entry in placeholders if "@" in entry]
    mailboxes = sorted({_word(entry) for entry in entries if entry.endswith("@")})
    domains = sorted({entry for entry in entries if entry.startswith("@")})
    whole = sorted({entry for entry in entries if not entry.startswith("@") and not entry.endswith("@")})
    name = F.regexp_replace(F.split_part(address, F.lit("@"), F.lit(1)), "[^a-z0-9]+", "")
    domain = F.concat(F.lit("@"), F.split_part(address, F.lit("@"), F.lit(2)))
    found = F.lit(False)
    for value, known in ((name, mailboxes), (domain, domains), (address, whole)):
        found = found | value.isin(known) if known else found
    return found


def _word(text: str) -> str:
    """A configured value as :func:`is_nothing` compares it."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in letters if c.isalnum())
