"""Letters of every script in the one form in which texts are compared.

Case, accents, the width of a letter and how its marks are encoded make no difference, and neither does the way in
which a letter that a keyboard lacks is written: Müller, Mueller and Muller are one name. Scripts are not written in
one another's letters: a name in Cyrillic is compared with names in Cyrillic.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.standardise import FORMAT_CHARACTERS, SPACES

_BMP = 0x10000
_FULL_WIDTH = ("\uff01", "\uff5e")  # the signs of ASCII
_ORDINALS = "\u00aa\u00ba"  # of floors and doors, not letters
# Marks that change nothing about who is meant: accents, the vowel points of Arabic and Hebrew, the Indic nuktas,
# variation selectors. Not the vowel signs of Indic and Thai, nor the voicing of Japanese: those are letters.
_MARK_RANGES = (
    (0x300, 0x36F), (0x591, 0x5BD), (0x5BF, 0x5C7), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670), (0x93C, 0x93C),
    (0x9BC, 0x9BC), (0xA3C, 0xA3C), (0xABC, 0xABC), (0xFE00, 0xFE0F),
)  # fmt: skip
_MARKS = "".join(
    rf"\x{{{first:04x}}}" + (rf"-\x{{{last:04x}}}" if last > first else "") for first, last in _MARK_RANGES
)
# All format characters (Cf) and marks vanish: they are not even a space.
_INVISIBLE = FORMAT_CHARACTERS.removesuffix("]+") + _MARKS + "]+"
_ASCII_SPACES = r"[\x00-\x20\x7f]+"
_OWN = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "a", "œ": "o", "ð": "d", "ŧ": "t",
    "\u03c2": "\u03c3",  # final sigma
    # letters that Arabic script writes in several ways
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627", "\u0649": "\u064a",
    "\u06cc": "\u064a", "\u0624": "\u0648", "\u0626": "\u064a", "\u0629": "\u0647", "\u06c0": "\u0647",
    "\u06a9": "\u0643",
    # marks of punctuation
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'", "\u201c": '"', "\u201d": '"',
    "\u05be": "-", "\u2212": "-", **{chr(code): "-" for code in range(0x2010, 0x2016)},
}  # fmt: skip
# Letters that stand for two.
_TWO = {"ß": "ss", "þ": "th", "ĳ": "ij", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl"}
# a+e, o+e, u+e for ä, ö, ü (æ, ø), and aa for å. Not after another vowel or q (Bauer, Queen), not at the end (Sue,
# Joe), nor before a final l or la (Manuel, Manuela, Noel). The words of the first group stay as they are.
_DIGRAPHS = r"([aeiouq][aou]e|[aou]ela?\b)|([aou])e([b-df-hj-np-tu-z])|(a)a+"
_PLACE_DIGRAPHS = r"([aeiouq][aou]e|[aou]ela?\b)|([aou])e([b-df-hj-np-tu-z]|\b)|(a)a+"  # Malmoe, Tromsoe
_ALL_DIGRAPHS = "([aou])e|(a)a+"  # inside a mailbox, where nobody knows at which letter a name ends


def plain_lower(lower: Column) -> Column:
    """Without accents, format characters and superfluous spaces; letters of all scripts are kept.

    Args:
        lower: text in lower case, computed already (it is mentioned several times).
    """
    source, target = _one_letter_each()
    folded = F.translate(lower, source, target)
    for letter, letters in _TWO.items():
        folded = F.replace(folded, F.lit(letter), F.lit(letters))
    folded = F.regexp_replace(F.regexp_replace(folded, _INVISIBLE, ""), SPACES, " ")
    only_ascii = F.length(lower) == F.octet_length(lower)
    return F.trim(F.regexp_replace(F.when(only_ascii, lower).otherwise(folded), _ASCII_SPACES, " "))


def with_plain_umlauts(text: Column) -> Column:
    """``joerg groesser`` -> ``jorg grosser``, as :func:`plain` gives of Jörg Größer."""
    return _folded(text, _DIGRAPHS)


def place_with_plain_umlauts(text: Column) -> Column:
    """The same of streets and cities, where a word may end in one."""
    return _folded(text, _PLACE_DIGRAPHS)


def name_with_plain_umlauts(name: str) -> str:
    """The same of one text."""
    return re.sub(_DIGRAPHS, lambda match: "".join(group or "" for group in match.groups()), name)


def without_digraphs(letters: Column) -> Column:
    """For letters in which names are not told apart: every a+e, o+e, u+e and aa is one letter."""
    return _folded(letters, _ALL_DIGRAPHS, "$1$2")


def letters_only(text: Column) -> Column:
    """Letters of any script, with their vowel signs."""
    return _kept(text, "a-z", r"\p{L}\p{M}")


def letters_and_digits(text: Column) -> Column:
    """Letters of any script, with their vowel signs, and digits."""
    return _kept(text, "a-z0-9", r"\p{L}\p{M}\p{N}")


def _kept(text: Column, ascii_signs: str, signs: str) -> Column:
    # an engine compiles a pattern for every batch of rows, and classes of Unicode take it long: only where needed
    only_ascii = F.length(text) == F.octet_length(text)
    return (
        F.when(~text.rlike(f"[^{ascii_signs}]"), text)
        .when(only_ascii, F.regexp_replace(text, f"[^{ascii_signs}]+", ""))
        .otherwise(F.regexp_replace(text, f"[^{signs}]+", ""))
    )


def _folded(text: Column, digraphs: str, kept: str = "$1$2$3$4") -> Column:
    return F.when(text.rlike("[aou]e|aa"), F.regexp_replace(text, digraphs, kept)).otherwise(text)


@cache
def _one_letter_each() -> tuple[str, str]:
    """Small letters and digits with marks, of other widths or forms, and the plain one of each."""
    marks = {chr(code) for first, last in _MARK_RANGES for code in range(first, last + 1)}
    found = dict(_OWN)
    for letter in map(chr, range(0x80, _BMP)):
        base = found.get(letter) or _base(letter, marks)
        base = found.get(base, base)
        if len(base) == 1 and base != letter and letter == letter.lower() and letter not in _TWO:
            found[letter] = base
    return "".join(found), "".join(found.values())


def _base(letter: str, marks: set[str]) -> str:
    """The letter or digit without its marks, of ordinary width and form; other characters are themselves."""
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if letter in _ORDINALS or not (kind.startswith("L") or _FULL_WIDTH[0] <= letter <= _FULL_WIDTH[1]):
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if part not in marks).lower()
