"""Plain text: white space, blanks, placeholder words, lists of tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import null_if

from .distinct import map_text

# Unicode's category Cf, spelt out because the engines know different versions of Unicode: characters that nobody
# sees (soft hyphen, zero-width space and joiners, directions, byte order mark, tags). They part no words.
FORMAT_CHARACTERS = (
    r"[\x{ad}\x{600}-\x{605}\x{61c}\x{6dd}\x{70f}\x{890}\x{891}\x{8e2}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}\x{110bd}\x{110cd}\x{13430}-\x{1343f}\x{1bca0}-\x{1bca3}"
    r"\x{1d173}-\x{1d17a}\x{e0001}\x{e0020}-\x{e007f}]+"
)
# Control characters and every kind of space (also those that do not break, thin ones, and line separators);
# Spark's own trim knows the ASCII space only.
SPACES = r"[\x00-\x20\x7f-\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+"
# What Unicode's composed form (NFC) may change: marks, Hangul parts, and letters that stand for others.
COMPOSABLE = (
    r"[\p{M}\x{374}\x{37e}\x{387}\x{1100}-\x{11ff}\x{1f00}-\x{1fff}\x{2000}\x{2001}\x{2126}\x{212a}\x{212b}"
    r"\x{958}-\x{95f}\x{9dc}-\x{9df}\x{a33}\x{a36}\x{a59}-\x{a5e}\x{b5c}\x{b5d}\x{f43}-\x{f69}"
    r"\x{2329}\x{232a}\x{2adc}\x{f900}-\x{faff}\x{fb1d}-\x{fb4f}\x{1d15e}-\x{1d1c0}\x{2f800}-\x{2fa1f}]"
)
_QUOTED_ARRAY = r"""^['"] ?(\[.*\]) ?['"]\z"""
# What every engine reads alike: an array that holds no text, or one in double quotation marks.
_JSON_ARRAY = r"""^\[(?:[^'"]*| ?(?:[^'" ]*, ?)*".*)\]\z"""
_BRACKETS = r"^\[(.*)\]\z"
_QUOTES = r"""^ *['"]|['"] *\z"""
_META = re.compile(r"([.^$*+?{}\[\]\\|()])")


def tidy(column: Column) -> Column:
    """Text without format characters, without white space at its ends, and with single spaces inside.

    Format characters (soft hyphens, zero-width spaces, byte order marks) go without a trace; every other kind
    of space (no-break, thin, line separators, control characters) is a space.
    """
    return F.trim(F.regexp_replace(F.regexp_replace(column, FORMAT_CHARACTERS, ""), SPACES, " "))


def composed(column: Column) -> Column:
    """Text in Unicode's composed form (NFC): ``e`` and a combining acute accent become ``é``.

    No engine can do it, so Python does, for the texts that need it only. Use it once for a column: on JVM Spark
    every use is a pass through Python.
    """
    needed = column.rlike(COMPOSABLE)
    in_python = map_text(F.when(needed, column), lambda text: unicodedata.normalize("NFC", text))
    return F.coalesce(F.when(needed, in_python), column)


def blank_to_null(column: Column, placeholders: Iterable[str] = ()) -> Column:
    """Tidy text; null where nothing is left or the whole text is one of ``placeholders`` (any case)."""
    return _null_if_blank(without_placeholders(tidy(column), placeholders))


def without_placeholders(tidied: Column, placeholders: Iterable[str]) -> Column:
    """Tidied text, empty where the whole of it is one of ``placeholders`` (any case)."""
    words = [_META.sub(r"\\\1", word.strip()) for word in placeholders if word.strip()]
    return F.regexp_replace(tidied, rf"(?i)^(?:{'|'.join(words)})\z", "") if words else tidied


def tags(column: Column) -> Column:
    """``ARRAY<STRING>`` of a JSON array (or of a text with commas): lower case, distinct, sorted, never null.

    An array that came as text is one, too: in quotation marks, or as Python writes it (``['a', 'b']``).
    Sorted, because a set has no order and the engines would otherwise each choose their own.
    """
    bare = F.regexp_replace(tidy(column), _QUOTED_ARRAY, "$1")
    is_json = bare.rlike(_JSON_ARRAY)
    parts = F.split(F.regexp_replace(bare, _BRACKETS, "$1"), ",")
    plain = F.transform(parts, lambda word: F.regexp_replace(word, _QUOTES, ""))
    listed = F.coalesce(F.from_json(F.when(is_json, bare), "array<string>"), plain)
    words = F.array_remove(F.transform(listed, lambda word: F.lower(tidy(F.coalesce(word, F.lit(""))))), "")
    return F.coalesce(F.array_sort(F.array_distinct(words)), F.array().cast("array<string>"))


def bind(value: Column, body: Callable[[Column], Column]) -> Column:
    """``body(value)`` with ``value`` computed once, however often the body mentions it.

    Expressions are trees: a step that mentions the one before it three times would triple the plan.
    """
    return F.transform(F.array(value), body).getItem(0)


def _null_if_blank(column: Column) -> Column:
    return null_if(column, F.lit(""))
