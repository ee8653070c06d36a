"""One record as the line of text that bronze keeps, whatever its values are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar

from customer_360.datasets.json_text import Repeated
from customer_360.schemas import MALFORMED, UNREADABLE

T = TypeVar("T")

LINE = "_line"

_KNOWN_NAMES = 4_096
# What the parsers of all engines follow with ease: 128 levels and 50,000 characters are the lowest of their limits.
_DEEPEST = 100
_LONGEST_NAME = 10_000
_LONGEST_TEXT = 10_000_000
_LONGEST_PLAIN = 10_000  # of a whole record, and so of each name and text in it
_NESTED = (dict, list, tuple)
_MARKS_SHOWN = 20
_LONGEST_PATH_SHOWN = 200
_REPLACEMENT = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_TEXT = re.compile("[\udc80-\udcff]")  # bytes that are not UTF-8, as `surrogateescape` shows them

_FORMAT: dict[str, Any] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": True}
_encode = json.JSONEncoder(**_FORMAT, allow_nan=False).encode


class _TooDeepError(Exception):
    """Nested more deeply than every engine can read."""


class RecordWriter:
    """Turns a record into its canonical JSON line: sorted keys, ASCII, no blocked field at any depth.

    A value that JSON does not have or some engine cannot read is empty in that line, or without the characters
    that are none; the record's field ``_unreadable`` then lists the fields and why. It names no value.

    Attributes:
        found: kind of fault -> number of values.
        marked: records with such a value.
        foreign_texts: texts with bytes that are not UTF-8.
        other_texts: all other texts with characters beyond ASCII.
    """

    def __init__(self, blocked_fields: Collection[str]) -> None:
        blocked = frozenset(name.casefold() for name in blocked_fields)

        @lru_cache(maxsize=_KNOWN_NAMES)  # bounded: names come from the source
        def is_blocked(name: object) -> bool:
            return str(name).casefold() in blocked

        self._is_blocked = is_blocked
        self._plain_shapes: set[tuple[str, ...]] = set()  # names of objects in which none is blocked
        self._marks: list[str] = []
        self.found: Counter[str] = Counter()
        self.marked = 0
        self.foreign_texts = 0
        self.other_texts = 0

    def line(self, record: object) -> str:
        """Return the JSON text of ``record``; what is no JSON object becomes ``{"_malformed": "<its text>"}``."""
        if (plain := self._plain_line(record)) is not None:
            return plain
        self._marks = []
        if not isinstance(record, dict):
            return _encode({MALFORMED: self._as_text(record)})
        kept = self._object(record, "", 1)
        if self._marks:
            self.marked += 1
            kept[UNREADABLE] = sorted(set(self._marks))[:_MARKS_SHOWN]
        return _encode(kept)

    def _plain_line(self, record: object) -> str | None:
        """The text of a record in which nothing is to be dropped or marked, as most are; None where one must look."""
        if not isinstance(record, dict) or Repeated.made:
            return None
        try:
            text = _encode(record)
        except (TypeError, ValueError, RecursionError):
            return None
        # letters beyond ASCII and halves of them are written as escapes
        must_look = (
            len(text) > _LONGEST_PLAIN or "\\u" in text or text.count("{") + text.count("[") > _DEEPEST
        )
        return None if must_look or self._has_blocked(record) else text

    def _has_blocked(self, value: dict[str, Any]) -> bool:
        names = tuple(value)
        if names not in self._plain_shapes:
            if any(map(self._is_blocked, names)):
                return True
            if len(self._plain_shapes) < _KNOWN_NAMES:
                self._plain_shapes.add(names)
        return any(self._is_blocked_inside(item) for item in value.values() if type(item) in _NESTED)

    def _is_blocked_inside(self, value: Any) -> bool:
        if isinstance(value, dict):
            return self._has_blocked(value)
        return any(self._is_blocked_inside(item) for item in value if type(item) in _NESTED)

    def _as_text(self, value: object) -> str:
        try:
            kept = self._value(value, "", 1)
            return json.dumps(kept, **_FORMAT)
        except _TooDeepError:
            return "(nested too deeply)"

    def _object(self, value: dict[str, Any], path: str, depth: int) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name, item in value.items():
            if self._is_blocked(name):
                continue
            kind = type(item)
            if (kind is str and item.isascii() and len(item) < _LONGEST_TEXT) or kind is int or item is None:
                kept[name] = item
                continue
            place = f"{path}.{name}" if path else name
            try:
                kept[name] = self._value(item, place, depth)
            except _TooDeepError:
                kept[name] = self._mark(None, place, "nested too deeply")
        if not all(name.isascii() and len(name) <= _LONGEST_NAME for name in kept):
            return self._with_good_names(kept, path)
        return kept

    def _value(self, value: Any, path: str, depth: int) -> Any:
        if isinstance(value, Repeated):
            return self._mark(self._value(value[-1], path, depth), path, "given more than once")
        if isinstance(value, dict | list):
            if depth >= _DEEPEST:
                raise _TooDeepError
            if isinstance(value, dict):
                return self._object(value, path, depth + 1)
            return [self._value(item, path, depth + 1) for item in value]
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, float) and not isfinite(value):
            return self._mark(None, path, "no number (NaN or infinite)")
        return value

    def _text(self, text: str, path: str) -> str | None:
        if len(text) > _LONGEST_TEXT:
            return self._mark(None, path, f"longer than {_LONGEST_TEXT:,} characters")
        if text.isascii():
            return text
        if _NO_TEXT.search(text):
            self.foreign_texts += 1
            return self._mark(None, path, "bytes that are not UTF-8")
        self.other_texts += 1
        if _SURROGATE.search(text):
            return self._mark(_SURROGATE.sub("", text), path, "half a character (lone surrogate), left out")
        if _REPLACEMENT in text:
            return self._mark(text, path, "characters lost before they came (U+FFFD)")
        return text

    def _with_good_names(self, kept: dict[str, Any], path: str) -> dict[str, Any]:
        good: dict[str, Any] = {}
        for name, item in kept.items():
            if len(name) > _LONGEST_NAME:
                self._mark(None, path, "a field whose name is too long, left out")
            elif _SURROGATE.search(name):
                shown = name.encode("utf-8", "backslashreplace").decode()
                good[shown] = self._mark(item, shown, "a name with half a character (lone surrogate)")
            else:
                good[name] = item
        return good

    def _mark(self, value: T, path: str, fault: str) -> T:
        self.found[fault] += 1
        shown = path[:_LONGEST_PATH_SHOWN].encode("utf-8", "backslashreplace").decode()
        self._marks.append(f"{shown}: {fault}" if shown else fault)
        return value
