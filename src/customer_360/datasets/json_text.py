"""JSON as people have it: what one value does wrong costs that value, and no number loses a digit.

Python's own parser, with these rules:

- A number comes as ``int`` or ``float`` where that says all that the text says and every engine writes it alike;
  else (more digits than a double holds, beyond 64 bits, with an exponent, far from 1) as its text.
- ``NaN`` and ``Infinity``, which JSON does not have, come as floats that are not finite.
- A name that an object has twice with different values comes with all of them, as :class:`Repeated`.
- Bytes that are not UTF-8 come as the lone surrogates of ``surrogateescape``.
- What is nested beyond measure is cut off at :data:`DEEPEST`, far below what any parser here can follow.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any, ClassVar

DEEPEST = 200
_LONGEST_TEXT = 16_000_000
_PIECE = 1 << 16
_BLANKS = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}"]', re.DOTALL)

_SURE_DIGITS = 15  # of a decimal number, a double holds them all
_INT64 = range(-(2**63), 2**63)
_LONGEST_INT = 20  # characters
# Between these, both engines write a double without an exponent.
_SMALLEST, _LARGEST = 1e-3, 1e7


class Repeated(list[Any]):
    """All values of a name that one object gives more than once, where they differ; the last one counts.

    Attributes:
        made: whether any has been made in this process: as long as none has, nobody need look for one.
    """

    made: ClassVar[bool] = False

    def __init__(self, values: Iterable[Any] = ()) -> None:
        super().__init__(values)
        Repeated.made = True


class NotJson(ValueError):
    """The text is not JSON. Carries no part of it.

    Attributes:
        elements: array elements read before.
        line: number of the line at which the element begins that cannot be read.
    """

    def __init__(self, elements: int, line: int) -> None:
        super().__init__(f"not JSON after element {elements:,}, in line {line:,}")
        self.elements, self.line = elements, line


def _whole(text: str) -> int | str:
    if len(text) <= _LONGEST_INT and (number := int(text)) in _INT64:
        return number
    return text


def _decimal(text: str) -> float | str:
    if "e" in text or "E" in text:
        return text
    number = float(text)
    if number and not _SMALLEST <= abs(number) < _LARGEST:
        return text
    if len(text) > _SURE_DIGITS and Decimal(text) != Decimal(repr(number)):
        return text
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    for name, times in Counter(name for name, _ in pairs).items():
        values = [value for other, value in pairs if other == name]
        if times > 1 and any(repr(value) != repr(values[0]) for value in values):
            found[name] = Repeated(values)
    return found


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_decimal,
    parse_int=_whole,
    parse_constant=float,
    strict=False,  # a line break inside a text is a character of it
)


def parse_json(text: str | bytes) -> Any:
    """The value of a whole JSON text.

    Args:
        text: as bytes: UTF-8, -16 or -32, with or without a byte order mark.

    Raises:
        ValueError: not JSON, or bytes that are not of their encoding.
    """
    if isinstance(text, bytes):
        encoding = json.detect_encoding(text)
        text = text.decode(encoding, "surrogateescape" if encoding.startswith("utf-8") else "strict")
    start = _BLANKS.match(text).end()  # type: ignore[union-attr]
    try:
        value, end = _decoder.raw_decode(text, start)
    except RecursionError:
        cut = _cut_off(text, start)
        if cut is None:
            raise NotJson(0, 1) from None
        value, end = _decoder.decode(cut[0]), cut[1]
    if _BLANKS.fullmatch(text, end) is None:
        raise NotJson(0, text.count("\n") + 1)
    return value


class JsonElements:
    """The elements of one JSON array, read as they are asked for.

    Attributes:
        count: elements read so far.
    """

    def __init__(self, file: IO[str]) -> None:
        """Begin to read.

        Args:
            file: text, at the start of the array.
        """
        self._file = file
        self._text = ""
        self._at = 0
        self._lines = 1
        self._ended = False
        self.count = 0

    def first_character(self) -> str:
        """The first character that is no white space; empty if there is none."""
        self._skip_blanks()
        return self._text[self._at : self._at + 1]

    def __iter__(self) -> Iterator[Any]:
        """Yield every element.

        Raises:
            NotJson: not an array, not JSON, cut short, or more after its end.
        """
        if self._next_character() != "[":
            raise self._failure()
        if self.first_character() == "]":
            self._at += 1
        else:
            while True:
                yield self._element()
                self.count += 1
                if (mark := self._next_character()) == "]":
                    break
                if mark != ",":
                    raise self._failure()
        if self.first_character():
            raise self._failure()

    def _element(self) -> Any:
        self._skip_blanks()
        while True:
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                # not all of it may be there yet; a text that goes on for ever must not fill the memory
                if len(self._text) - error.pos > _LONGEST_TEXT or not self._read_on():
                    raise self._failure() from None
                continue
            except RecursionError:
                cut = _cut_off(self._text, self._at)
                if cut is not None:
                    self._at = cut[1]
                    return self._parsed(cut[0])
                if len(self._text) - self._at > _LONGEST_TEXT or not self._read_on():
                    raise self._failure() from None
                continue
            # a number may go on in what is not read yet
            if _BLANKS.match(self._text, end).end() < len(self._text) - 4 or not self._read_on():  # type: ignore[union-attr]
                self._at = end
                return value

    def _parsed(self, text: str) -> Any:
        try:
            return _decoder.decode(text)
        except ValueError:
            raise self._failure() from None

    def _next_character(self) -> str:
        character = self.first_character()
        self._at += 1
        return character

    def _skip_blanks(self) -> None:
        while True:
            self._at = _BLANKS.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or not self._read_on():
                return

    def _read_on(self) -> bool:
        """Read more, as much as is there and at least a piece; whether there was any."""
        if self._ended:
            return False
        more = self._file.read(max(_PIECE, len(self._text) - self._at))
        if not more:
            self._ended = True
            return False
        self._lines += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :] + more, 0
        return True

    def _failure(self) -> NotJson:
        return NotJson(self.count, self._lines + self._text.count("\n", 0, self._at))


def _cut_off(text: str, start: int) -> tuple[str, int] | None:
    """The value that begins at ``start``, empty below :data:`DEEPEST`, and its end; None if it has none."""
    depth, kept, pieces = 0, start, []
    for found in _TOKEN.finditer(text, start):
        token = found[0]
        if token in "[{":  # noqa: S105
            depth += 1
            if depth == DEEPEST + 1:
                pieces.append(text[kept : found.start()] + "[]")
        elif token in "]}":  # noqa: S105
            if depth == DEEPEST + 1:
                kept = found.end()
            depth -= 1
            if depth == 0:
                return "".join(pieces) + text[kept : found.end()], found.end()
        elif token == '"':  # noqa: S105
            return None
    return None
