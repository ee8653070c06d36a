"""Names of streets and places in the one form in which they are compared."""

from __future__ import annotations

import re

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import null_if
from customer_360.identity.prepare.scripts import letters_and_digits, place_with_plain_umlauts

# One pass over the text: the letters of a word that its abbreviation keeps are the groups.
_WORDS = (
    r"\b(?:(st)reet|(av)e(?:nue|nida)?|(av)da|(r)oa(d)|(dr)ive|(l)a(n)e|(pl)a(?:ce|za)|(c)our(t)|(cr)es(?:cent)?|"
    r"(ci)r(?:cuit|cle)|(cl)ose|(b)ou(l)e(v)ar(d)|(t)erra(ce)|(p)ara(de)|(h)igh(w)a(y)|(p)ar(k)(w)a(y)|(sq)uare|"
    r"(tr)ai(l)|(w)a(y)|(gr)o(v)e|(g)ar(d)e(ns)|(s)ain(t)|(m)oun(t)|(f)or(t)|"
    r"(n)orth|(s)outh|(e)ast|(w)est|(n)orth(e)ast|(n)orth(w)est|(s)outh(e)ast|(s)outh(w)est)\b|"
    # at the end of a word, or a word: Hauptstraße, Haupt Str., Marktplatz, Lindenallee, Kerkstraat
    r"(?:(str)a(?:ss|s)e|(str)aat|(pl)atz|(g)asse|(al)lee)\b"
)
_KEPT = "".join(f"${group}" for group in range(1, re.compile(_WORDS).groups + 1))
_PLACE_WORDS = r"\b(?:(s)ain(t)(e)?|(m)oun(t)|(f)or(t)|(s)an(k)t)\b"
_KEPT_OF_PLACES = "".join(f"${group}" for group in range(1, re.compile(_PLACE_WORDS).groups + 1))


def street(text: Column) -> Column:
    """Kinds of streets and compass words abbreviated, no spaces: ``Haupt-Straße`` and ``Hauptstr.`` are one."""
    return bare(place_with_plain_umlauts(F.regexp_replace(text, _WORDS, _KEPT)))


def place(text: Column) -> Column:
    """Cities and the like, without spaces and marks; ``Saint`` is ``St``."""
    short = F.when(
        text.rlike("saint|mount|fort|sankt"), F.regexp_replace(text, _PLACE_WORDS, _KEPT_OF_PLACES)
    ).otherwise(text)
    return bare(place_with_plain_umlauts(short))


def bare(text: Column) -> Column:
    """Letters, their vowel signs and digits of any script; null where there are none."""
    return null_if(letters_and_digits(text), F.lit(""))
