"""Which customer somebody means: by id, by a record, by e-mail address or by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from customer_360.serving.customer import events_of
from customer_360.serving.reader import Reader, TableRow

_CUSTOMERS, _CROSSWALK = "gold/customer_360", "gold/customer_crosswalk"
_NAMES = ("customer_id", "full_name", "given_name", "family_name", "email")
_APOSTROPHES = "'\u2019"
_CLOSE = 5
_ALIKE = 0.75  # of difflib's ratio


@dataclass(frozen=True)
class Match:
    """A customer who may be meant.

    Attributes:
        customer_id: of today.
        name, email: of the profile.
        asked_id: the id that was asked for, where it has become part of this customer.
    """

    customer_id: str
    name: str | None = None
    email: str | None = None
    asked_id: str | None = None


@dataclass(frozen=True)
class Found:
    """What a question found.

    Attributes:
        kind: what it was taken for: ``id``, ``record``, ``email`` or ``name``.
        matches: customers it names.
        close: where there is none, customers with a similar name.
        note: why there is none, if that is known.
    """

    kind: str
    matches: list[Match] = field(default_factory=list)
    close: list[Match] = field(default_factory=list)
    note: str | None = None


def find(reader: Reader, query: str, sources: Mapping[str, str]) -> Found:
    """Find the customers that a text names.

    Args:
        reader: of the lakehouse.
        query: any id that was ever given, ``source:key``, an e-mail address or a name.
        sources: silver table of each source, by the source's name.
    """
    text = " ".join(query.split())
    source, colon, key = text.partition(":")
    if colon and source.lower() in sources:
        return _by_record(reader, source.lower(), key.strip(), sources)
    if "@" in text:
        return _by_email(reader, text, sources)
    if " " not in text:
        known = _by_id(reader, text) or (_by_id(reader, text.upper()) if text != text.upper() else None)
        if known:
            return known
    return _by_name(reader, text)


def _by_id(reader: Reader, text: str) -> Found | None:
    """None if no customer was ever called so."""
    if not (events := events_of(reader, text)):
        return None
    today, seen = text, {text}
    while not reader.rows(_CROSSWALK, {"customer_id": [today]}, limit=1):
        merged = [row for row in events if row["event"] == "merged" and row["customer_id"] == today]
        if not merged or (into := merged[-1]["other_customer_id"]) in seen:
            return Found("id", [Match(text)])  # retired: only its history is left
        today, events = into, events_of(reader, into)
        seen.add(today)
    return Found("id", _named(reader, [today], asked_id=text if today != text else None))


def _by_record(reader: Reader, source: str, key: str, sources: Mapping[str, str]) -> Found:
    owned = reader.rows(_CROSSWALK, {"source": [source], "source_key": [key]})
    if owned:
        return Found("record", _named(reader, [row["customer_id"] for row in owned]))
    record = {"source": [source], "source_key": [key]}
    for row in reader.rows("gold/unlinked_records", record):
        return Found("record", note=f"The record belongs to no customer: {row['reason'].replace('_', ' ')}.")
    for row in reader.rows("silver/quarantine", record):
        return Found("record", note=f"The record is in quarantine: {', '.join(row['reasons'])}.")
    if reader.rows(f"silver/{sources[source]}", {"source_key": [key]}, limit=1):
        return Found("record", note="The record came after the last complete run: kedro run.")
    return Found("record", note=f"There is no such record in silver/{sources[source]}.")


def _by_email(reader: Reader, text: str, sources: Mapping[str, str]) -> Found:
    """By the profile's address, and by that of any record."""
    wanted = {"email": sorted({text, text.lower()})}
    ids = {row["customer_id"] for row in reader.rows(_CUSTOMERS, wanted, columns=["customer_id"])}
    for source, table in sources.items():
        if "email" not in (reader.rows(f"silver/{table}", limit=1) or [{}])[0]:
            continue
        keys = [row["source_key"] for row in reader.rows(f"silver/{table}", wanted, columns=["source_key"])]
        owned = reader.rows(_CROSSWALK, {"source": [source], "source_key": keys}) if keys else []
        ids |= {row["customer_id"] for row in owned}
    if ids:
        return Found("email", _named(reader, sorted(ids)))
    people = {row["email"]: row for row in _people(reader) if row["email"]}
    close = get_close_matches(text.lower(), people, n=_CLOSE, cutoff=_ALIKE)
    return Found("email", close=[_match(people[address]) for address in close])


def _by_name(reader: Reader, text: str) -> Found:
    wanted = comparable_name(text)
    people: dict[str, list[TableRow]] = {}
    for row in _people(reader):
        for name in {
            comparable_name(row["full_name"]),
            comparable_name(f"{row['given_name'] or ''} {row['family_name'] or ''}"),
        }:
            people.setdefault(name, []).append(row)
    people.pop("", None)
    if wanted in people:
        return Found("name", sorted(map(_match, people[wanted]), key=lambda match: match.customer_id))
    words = set(wanted.split())
    parts = sorted(name for name in people if words and words <= set(name.split()))
    # only names that begin alike: the whole file is too much for a comparison letter by letter
    near = [name for name in people if {word[0] for word in name.split()} & {word[0] for word in words}]
    names = [*parts, *get_close_matches(wanted, near, n=_CLOSE, cutoff=_ALIKE)] or _with_close_words(
        words, near
    )
    rows = {row["customer_id"]: row for name in dict.fromkeys(names) for row in people[name]}
    return Found("name", close=[_match(row) for row in rows.values()][:_CLOSE])


def _with_close_words(words: set[str], names: list[str]) -> list[str]:
    """Names with a word that is like one of these, for who knows a part of the name only."""
    known = {word for name in names for word in name.split()}
    close = {one for word in words for one in get_close_matches(word, known, n=_CLOSE, cutoff=_ALIKE)}
    return sorted(name for name in names if close & set(name.split()))


def comparable_name(name: str | None) -> str:
    """A name as it is compared: lower case, no accents, letters and digits only, single spaces."""
    letters = unicodedata.normalize("NFKD", (name or "").casefold())
    kept = (
        c if c.isalnum() else " " for c in letters if not unicodedata.combining(c) and c not in _APOSTROPHES
    )
    return " ".join("".join(kept).split())


def _people(reader: Reader) -> list[TableRow]:
    return reader.rows(_CUSTOMERS, columns=_NAMES, limit=None)


def _named(reader: Reader, ids: list[str], *, asked_id: str | None = None) -> list[Match]:
    rows = {row["customer_id"]: row for row in reader.rows(_CUSTOMERS, {"customer_id": ids}, columns=_NAMES)}
    return [_match(rows.get(one, {"customer_id": one}), asked_id) for one in dict.fromkeys(ids)]


def _match(row: TableRow, asked_id: str | None = None) -> Match:
    return Match(row["customer_id"], row.get("full_name"), row.get("email"), asked_id)
