"""The standardisers that a declared column can name with ``as``: texts in, one or several silver columns out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360 import standardise as std
from customer_360.engine import null_if
from customer_360.parameters import CleaningSettings

Texts = Sequence[Column]
OWN_NAME = "{name}"


@dataclass(frozen=True)
class ColumnKind:
    """How texts become columns, in steps that are projections of their own: each is computed once.

    Attributes:
        outputs: name of a silver column (``{name}``: the declared one) -> how it is taken out of what was computed.
        compute: texts and shared settings -> a value, or a struct of values.
        then: over that value, where it must be mentioned several times.
        fields: how many texts it may take.
    """

    outputs: Mapping[str, Callable[[Column], Column]]
    compute: Callable[[Texts, CleaningSettings], Column]
    then: Callable[[Column], Column] | None = None
    fields: tuple[int, ...] = (1,)


def _as_it_is(value: Column) -> Column:
    return value


def _one(compute: Callable[[Texts, CleaningSettings], Column]) -> ColumnKind:
    return ColumnKind({OWN_NAME: _as_it_is}, compute)


def _person_name(texts: Texts, settings: CleaningSettings) -> Column:
    return std.person_name(texts[0], settings.placeholders.of("name"))


def _email(texts: Texts, settings: CleaningSettings) -> Column:
    return std.email(texts[0], settings.placeholders.of("email"))


def _phone(texts: Texts, settings: CleaningSettings) -> Column:
    holders = settings.placeholders.of("phone")
    return std.phone(texts[0], default_region=settings.default_region, placeholders=holders)


def _coordinates(texts: Texts, _: CleaningSettings) -> Column:
    return std.coordinates(texts[0], texts[1]) if len(texts) > 1 else std.coordinate_pair(texts[0])


def _parts(*names: str) -> dict[str, Callable[[Column], Column]]:
    return {name: itemgetter(name) for name in names}


KINDS: dict[str, ColumnKind] = {
    "text": _one(lambda texts, _: texts[0]),
    "email": ColumnKind({OWN_NAME: _as_it_is, f"{OWN_NAME}_valid": std.is_valid_email}, _email),
    "phone": ColumnKind({OWN_NAME: itemgetter("phone"), f"{OWN_NAME}_valid": itemgetter("valid")}, _phone),
    "date": _one(lambda texts, settings: std.date(texts[0], settings.date_patterns)),
    "person_name": _one(_person_name),
    "whole_name": ColumnKind(
        _parts("full_name", "given_name", "family_name"), _person_name, then=std.split_name
    ),
    "postal_code": _one(lambda texts, _: std.postal_code(texts[0])),
    "country_code": _one(
        lambda texts, settings: std.country_code(texts[0], aliases=settings.country_aliases)
    ),
    "coordinates": ColumnKind(_parts("latitude", "longitude"), _coordinates, fields=(1, 2)),
    "count": _one(lambda texts, _: std.count(texts[0])),
    "tags": _one(lambda texts, _: std.tags(texts[0])),
}


def term_of(vocabulary: str, *, blank_if_unknown: bool) -> ColumnKind:
    """A term of a closed vocabulary; what it does not have becomes ``unknown``, or null."""

    def compute(texts: Texts, settings: CleaningSettings) -> Column:
        words = settings.vocabulary(vocabulary)
        found = std.term(texts[0], values=words.values, synonyms=words.synonyms)
        return null_if(found, F.lit(std.UNKNOWN)) if blank_if_unknown else found

    return _one(compute)
