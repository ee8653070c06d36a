"""Names of persons."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import null_if

from .text import bind, blank_to_null, tidy

PARTICLES = (
    "af", "al", "av", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "ibn",
    "la", "le", "of", "ten", "ter", "van", "von", "y", "zu",
)  # fmt: skip
_TITLES = "mr|mrs|ms|miss|mx|dr|prof|sir|dame|rev"
_SUFFIXES = r"jr|sr|ii|iii|iv|phd|ph\.d|md|esq"
_ROMAN = ("ii", "iii", "iv")

# Between pieces that each begin with a capital; tidied text holds no control characters.
_CUT = "\x01"
_EDGES = r"^[ ,;]+|[ ,;]+\z"
_LONGEST = 1_000_000
# Georgian: its capitals are never mixed with small letters
_NO_CASE = r"[\x{10a0}-\x{10ff}\x{1c90}-\x{1cbf}]"

_LEADING_TITLES = rf"(?i)^(?:(?:{_TITLES})\.? +)+"
_TRAILING_SUFFIXES = rf"(?i)((?:,? +(?:{_SUFFIXES})\.?)+)\z"
# given <cut> family <end> suffix
_END = "\x02"
_FAMILY_FIRST = rf"^([^,{_END}]+), *([^,{_END}]+)({_END}|\z)"
_FAMILY_LAST = rf"(?i)^([^{_CUT}{_END}]+?) ((?:(?:{'|'.join(PARTICLES)}) )*[^ {_CUT}{_END}]+)({_END}|\z)"
_FAMILY = rf"{_CUT}([^{_END}]*)"


def person_name(column: Column, placeholders: Iterable[str] = ()) -> Column:
    """A name as one writes it: tidied, and in title case where it came all in capitals or all small.

    ``O'BRIEN``, ``mcdonald``, ``SMITH-JONES`` become ``O'Brien``, ``McDonald``, ``Smith-Jones``; particles
    inside a name stay small (``Ludwig van Beethoven``). A name in mixed case stays as its owner wrote it.
    Null where nothing is left or it is one of ``placeholders``.
    """
    bare = F.regexp_replace(tidy(column), _EDGES, "")
    return bind(blank_to_null(bare, placeholders), _in_title_case)


def full_name(given_name: Column, family_name: Column) -> Column:
    """Given and family name with a space between, either alone, or null."""
    return null_if(F.concat_ws(" ", given_name, family_name), F.lit(""))


def split_name(name: Column) -> Column:
    """``STRUCT<full_name, given_name, family_name>`` of a name in one field, as :func:`person_name` gives it.

    Titles are dropped; suffixes (Jr, III, PhD) stay in the full name only. ``Family, Given`` is turned round.
    The family name is the last word with the particles before it; a single word is taken as a given name.
    Give it a column that is computed already: it mentions the name several times.
    """
    return _parts(_cut_name(name))


def _cut_name(name: Column) -> Column:
    untitled = F.regexp_replace(name, _LEADING_TITLES, "")
    ended = F.regexp_replace(untitled, _TRAILING_SUFFIXES, f"{_END}$1")
    turned = F.regexp_replace(ended, _FAMILY_FIRST, f"$2{_CUT}$1$3")
    return F.regexp_replace(turned, _FAMILY_LAST, f"$1{_CUT}$2$3")


def _parts(cut: Column) -> Column:
    family = F.regexp_replace(F.regexp_extract(cut, _FAMILY, 1), _TRAILING_SUFFIXES, "")
    return F.struct(
        F.regexp_replace(cut, f"[{_CUT}{_END}][ ,]*", " ").alias("full_name"),
        F.regexp_extract(cut, f"^[^{_CUT}{_END}]+", 0).alias("given_name"),
        null_if(family, F.lit("")).alias("family_name"),
    )


def _in_title_case(name: Column) -> Column:
    one_case = (F.upper(name) == name) | (F.lower(name) == name)
    return F.when(one_case & ~name.rlike(_NO_CASE), _title_case(name)).otherwise(name)


def _title_case(name: Column) -> Column:
    marked = F.regexp_replace(F.lower(name), r"(['\x{2019}])(\p{L}{2})", f"$1{_CUT}$2")
    marked = F.regexp_replace(marked, rf"(^|[ .{_CUT}-])(mc)(\p{{L}}{{2}})", f"$1$2{_CUT}$3")
    pieces = F.split(F.regexp_replace(marked, "([ .-])", f"$1{_CUT}"), _CUT)
    return F.array_join(F.transform(pieces, _capitalise), "")


def _capitalise(piece: Column, position: Column) -> Column:
    first = F.upper(F.substring(piece, 1, 1))
    inside = position > 0
    return (
        F.when(inside & piece.isin([f"{particle} " for particle in PARTICLES]), piece)
        .when(inside & piece.isin(list(_ROMAN)), F.upper(piece))
        # letters whose capital is two letters (ß) have no place at the start of a word: left alone
        .when(F.length(first) == 1, F.concat(first, F.substring(piece, 2, _LONGEST)))
        .otherwise(piece)
    )
