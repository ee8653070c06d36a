"""Parts of postal addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial

from pyspark.sql import Column
from pyspark.sql import functions as F

from .distinct import map_text
from .text import blank_to_null


def postal_code(column: Column, placeholders: Iterable[str] = ()) -> Column:
    """A postal code, tidied and in upper case."""
    return F.upper(blank_to_null(column, placeholders))


def country_code(column: Column, *, aliases: Mapping[str, str]) -> Column:
    """ISO 3166-1 alpha-2 code of a country by name, official name, alpha-2, alpha-3 or alias; else null.

    Args:
        column: the country as it came, in any case.
        aliases: further names (any case) -> alpha-2, before those of ISO.
    """
    own = tuple(sorted((_plain(name), code) for name, code in aliases.items()))
    return map_text(blank_to_null(column), partial(find_country, aliases=own))


def find_country(text: str, *, aliases: tuple[tuple[str, str], ...]) -> str | None:
    """Alpha-2 code of one country, or none."""
    return _countries(aliases).get(_plain(text))


@lru_cache(maxsize=8)
def _countries(aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    for country in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            name = getattr(country, field, None)
            if name:
                found.setdefault(_plain(name), country.alpha_2)
    return found | dict(aliases)


def _plain(name: str) -> str:
    return " ".join(name.replace(".", "").casefold().split())
