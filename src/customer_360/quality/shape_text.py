"""What records look like, without their values: for messages about a source that changed its shape."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_MOST_CHARACTERS = 700
_LONGEST_TEXT = 36
_LONGEST_RUN = 4
_MOST_NAMES = 12
_ORDINARY_NAME = re.compile(r"[^\W\d][\w .:@$-]{0,60}")
_LOOKS_LIKE_DATA = re.compile(r"\w@\w|\d{4}")
_NEARLY_ALL = 0.9
_HARDLY_ANY = 0.1


def shape_of(payload: str) -> str:
    """A record's fields, with a mask of each value: ``{created: 99/99/9999, requester: {email: aaaa@aaaa.aaa}}``."""
    text = _shape(_parsed(payload))
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + " ..."


def mask(text: str) -> str:
    """Digits as 9, letters as a or A, runs of letters cut to four: the form of a value, not the value."""
    masked = "".join(
        "9" if c.isdigit() else ("A" if c.isupper() else "a") if c.isalpha() else c for c in text
    )
    short = re.sub(rf"(([aA])\2{{{_LONGEST_RUN - 1}}})\2+", r"\1", masked)
    return short if len(short) <= _LONGEST_TEXT else short[:_LONGEST_TEXT] + "..."


def fields_that_went_and_came(before: Sequence[str], now: Sequence[str]) -> tuple[list[str], list[str]]:
    """Fields (dots go deeper) that nearly all records had and hardly any has, and the other way round."""
    had, have = _field_shares(before), _field_shares(now)

    def only(one: dict[str, float], other: dict[str, float]) -> list[str]:
        found = (name for name, share in one.items() if share >= _NEARLY_ALL)
        return sorted(_name(name) for name in found if other.get(name, 0) <= _HARDLY_ANY)[:_MOST_NAMES]

    return only(had, have), only(have, had)


def _parsed(payload: str) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return payload


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_name(name)}: {_shape(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + (_shape(value[0]) if value else "") + (", ..." if len(value) > 1 else "") + "]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return mask(str(value)) or '""'


def _name(name: str) -> str:
    """A field's name; where it looks like a value (a map by e-mail address), its mask."""
    return name if _ORDINARY_NAME.fullmatch(name) and not _LOOKS_LIKE_DATA.search(name) else mask(name)


def _field_shares(payloads: Sequence[str]) -> dict[str, float]:
    counts = Counter(name for payload in payloads for name in set(_paths(_parsed(payload))))
    return {name: count / len(payloads) for name, count in counts.items()}


def _paths(value: Any, above: str = "") -> Iterator[str]:
    """Fields that hold something, at any depth."""
    if not isinstance(value, dict):
        return
    inner: Iterable[tuple[str, Any]] = value.items()
    for name, held in inner:
        if held is None or held == "":
            continue
        yield above + name
        yield from _paths(held, f"{above}{name}.")
