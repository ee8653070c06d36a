"""Readers of source files: CSV with a header, and one JSON array, streamed record by record."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import fsspec
import ijson

from customer_360.datasets.errors import SourceError, public_url
from customer_360.datasets.staging import MALFORMED

_BOM = b"\xef\xbb\xbf"
_JSON_BLANKS = b" \t\r\n"


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """A CSV file with a header line, in UTF-8.

    Attributes:
        path: local path or fsspec URL.
        columns: names that the header must have; more are kept. None: any header will do.
        blocked_fields: names whose values must not come out, not even in a malformed line.
        storage_options: fsspec options.
    """

    path: str
    columns: Collection[str] | None = None
    blocked_fields: Collection[str] = ()
    storage_options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def records(self) -> Iterator[object]:
        """Yield ``{column: text}`` per row; a row with another number of fields as ``{"_malformed": line}``.

        Empty lines are skipped, quoted line breaks kept. A quotation mark that is never closed costs only
        its own line: the lines that it swallowed are read again.

        Raises:
            SourceError: no such file, no header, missing columns, or not UTF-8.
        """
        with _opened(self.path, self.storage_options, mode="rt", encoding="utf-8-sig", newline="") as file:
            lines = _Lines(file)
            try:
                header = self._header(lines)
                yield from self._rows(lines, header)
            except UnicodeDecodeError:
                raise SourceError(
                    f"{public_url(self.path)} is not UTF-8 text: unreadable bytes after line {lines.number}. "
                    "Save it as UTF-8. Nothing was staged."
                ) from None

    def _header(self, lines: _Lines) -> list[str]:
        found = [name.strip() for name in next(_rows(lines), ([], []))[0] or []]
        where = public_url(self.path)
        if not found:
            raise SourceError(f"{where} is empty: its first line must be the header{_listed(self.columns)}.")
        header = [name or f"column_{position}" for position, name in enumerate(found, start=1)]
        missing = [name for name in self.columns or () if name not in header]
        if missing and len(missing) == len(self.columns or ()):
            # possibly a file without a header: then its first line is somebody's data, not to be shown
            raise SourceError(
                f"{where} has none of the expected columns ({', '.join(missing)}) in its first line, "
                f"which has {len(header)} fields. Does it have a header line, and is it separated by commas?"
            )
        if missing:
            raise SourceError(
                f"{where} lacks the columns {', '.join(missing)}. Its header has: {', '.join(header)}."
            )
        if repeated := sorted({name for name in header if header.count(name) > 1}):
            raise SourceError(f"{where} has columns of the same name: {', '.join(repeated)}.")
        return header

    def _rows(self, lines: _Lines, header: list[str]) -> Iterator[object]:
        blocked = {name.casefold() for name in self.blocked_fields}
        is_private = any(name.casefold() in blocked for name in header)
        for values, taken in _rows(lines):
            if values is not None and len(values) == len(header):
                yield dict(zip(header, values, strict=True))
                continue
            lines.give_back(taken[1:])
            line = taken[0].rstrip("\r\n")
            if not line.strip():
                continue
            # which field is which is unknown here, so a blocked one could not be told from the others
            yield {MALFORMED: f"(left out: {len(line)} characters)" if is_private else line}


class _Lines:
    """The lines of a file, remembering those of the row at hand, so that they can be read again."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._again: list[str] = []
        self._taken: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._file)
        self._taken.append(line)
        self.number += 1
        return line

    def take(self) -> list[str]:
        """The lines read since the last call."""
        taken, self._taken = self._taken, []
        return taken

    def give_back(self, lines: list[str]) -> None:
        """Read these lines again, in this order, before the rest of the file."""
        self._again.extend(reversed(lines))
        self.number -= len(lines)


def _rows(lines: _Lines) -> Iterator[tuple[list[str] | None, list[str]]]:
    """Yield (values, its lines) per row; values are None where quotation marks do not match.

    Strict, because a quotation mark that is never closed would swallow the rest of the file without a word.
    """
    reader = csv.reader(lines, strict=True)
    while True:
        values: list[str] | None
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            values = None
        taken = lines.take()
        if values != [] and taken:
            yield values, taken


@dataclass(frozen=True, kw_only=True)
class JsonArrayFile:
    """A file that holds one JSON array, in UTF-8.

    Attributes:
        path: local path or fsspec URL.
        storage_options: fsspec options.
    """

    path: str
    storage_options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def records(self) -> Iterator[object]:
        """Yield each element as it is; ``staging.stage`` marks those that are no objects as malformed.

        Raises:
            SourceError: no such file, not a JSON array, or cut short. NaN and Infinity are not JSON.
        """
        count = 0
        with _opened(self.path, self.storage_options, mode="rb") as file:
            self._enter_array(file)
            try:
                # not use_float: then yajl refuses a whole file for one whole number beyond 64 bits
                for element in ijson.items(file, "item"):
                    yield _without_decimals(element)
                    count += 1
            except ijson.JSONError:  # its text quotes the file: not to be shown
                raise SourceError(
                    f"{public_url(self.path)} is not valid JSON, or is cut short: reading failed after "
                    f"element {count:,}, within the first {file.tell():,} bytes. Deliver the file again. "
                    "Nothing was staged."
                ) from None

    def _enter_array(self, file: IO[bytes]) -> None:
        """Go to the opening bracket: without one there would be no elements, and no error either."""
        start = len(_BOM) if file.read(len(_BOM)) == _BOM else 0
        file.seek(start)
        while (character := file.read(1)) and character in _JSON_BLANKS:
            start += 1
        if character != b"[":
            what = "is empty" if not character else "does not start with ["
            raise SourceError(f"{public_url(self.path)} {what}: expected one JSON array of records.")
        file.seek(start)


def _without_decimals(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_decimals(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_decimals(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


@contextmanager
def _opened(path: str, storage_options: Mapping[str, Any], **how: Any) -> Iterator[Any]:
    try:
        handle = fsspec.open(path, **how, **storage_options)
        file = handle.open()
    except FileNotFoundError:
        raise SourceError(
            f"There is no file {_full(path)}. Put it there, or run with sample data: --params sources=sample."
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{_full(path)} cannot be opened: {reason}.") from None
    try:
        yield file
    finally:
        handle.close()


def _full(path: str) -> str:
    return public_url(path) if "://" in path else str(Path(path).absolute())


def _listed(columns: Collection[str] | None) -> str:
    return f" ({', '.join(columns)})" if columns else ""
