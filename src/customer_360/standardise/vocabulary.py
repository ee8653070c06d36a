"""Closed vocabularies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from .text import tidy

UNKNOWN = "unknown"


def term(column: Column, *, values: Sequence[str], synonyms: Mapping[str, str]) -> Column:
    """One of ``values``, directly or through ``synonyms`` (word -> value), in any case.

    ``unknown`` for null, for a blank and for any other word; never null. Underscores and hyphens read as spaces.
    """
    words = {value: value for value in values} | dict(synonyms)
    known = {_plain(word): value for word, value in words.items()}
    table = F.create_map(*[F.lit(text) for entry in known.items() for text in entry])
    word = F.regexp_replace(F.lower(tidy(column)), "[_ -]+", " ")
    return F.coalesce(table[word], F.lit(UNKNOWN))


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())
