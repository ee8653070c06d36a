"""A CSV file as people have it: header, separator and rows, with whatever cannot be a row told apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import IO, NamedTuple

from customer_360.datasets.csv_lines import Lines, fields_of
from customer_360.datasets.encodings import refusal, text_encoding
from customer_360.datasets.errors import EncodingError, SourceError
from customer_360.foundation import counted

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SAID = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)  # Excel's own first line
_ROWS_TO_JUDGE_BY = 50


class CsvRow(NamedTuple):
    """One row.

    Attributes:
        line: number of its first line in the file, from 1.
        values: as many texts as the header has names; None where the lines cannot be told to be one row.
        text: then the lines as they are, without the last line end; else empty.
    """

    line: int
    values: list[str] | None
    text: str = ""


class CsvTable:
    """Header and rows of a CSV file that is open as bytes.

    Quoted line breaks are kept, empty lines skipped; a backslash is a character like any other. A quotation
    mark that is never closed costs only its own line: the lines that it swallowed are read again.

    Attributes:
        name: how messages call the file.
        header: the names, without white space around them; ``column_3`` for the third if it has none.
        delimiter: what is between two fields.
        encoding: as Python calls it.
        notes: what was found out, and not declared, about the form of the file, in sentences to be shown.
    """

    def __init__(
        self,
        file: IO[bytes],
        name: str,
        *,
        columns: Collection[str] | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        unique: bool = True,
    ) -> None:
        """Read the header.

        Args:
            file: stands at its start, can seek.
            name: how messages call the file.
            columns: names that the header must have; more are kept. None: any header will do.
            encoding: declared encoding. None: what the first bytes prove, or UTF-8.
            delimiter: declared separator. None: the one by which the header has the most (expected) names.
            unique: whether columns of one name are refused here; else whoever reads the rows tells them apart.

        Raises:
            SourceError: no header, missing columns, columns of one name, or not of the encoding.
        """
        self._file, self.name, self._columns = file, name, columns
        self.notes: list[str] = []
        self.encoding, note = text_encoding(file, encoding)
        self.notes += [note] if note else []
        self._lines = Lines(io.TextIOWrapper(file, encoding=self.encoding, newline=""))
        try:
            self.delimiter = delimiter or self._find_delimiter()
            found = [name.strip() for name in self._first_row()]
            self.header = [name or f"column_{position}" for position, name in enumerate(found, start=1)]
            _check_header(self.header, name, columns, self.delimiter, unique=unique)
            self._surplus = self._judge_width(unnamed_end=not found[-1])
        except UnicodeDecodeError:
            raise self._not_readable() from None

    def rows(self) -> Iterator[CsvRow]:
        """Yield every row once, in order.

        Raises:
            SourceError: not of the encoding.
        """
        width = len(self.header)
        try:
            for values, taken in self._split():
                if values == []:
                    continue
                line = self._lines.number - len(taken) + 1
                if (
                    values is not None
                    and len(values) == width + self._surplus
                    and not "".join(values[width:]).strip()
                ):
                    if len(taken) == 1 or not self._looks_like_rows(taken):
                        yield CsvRow(line, values[:width])
                    else:
                        yield CsvRow(line, None, "".join(taken).rstrip("\r\n"))
                    continue
                self._lines.give_back(taken[1:])
                if taken[0].strip():
                    yield CsvRow(line, None, taken[0].rstrip("\r\n"))
        except UnicodeDecodeError:
            raise self._not_readable() from None

    @property
    def ends_openly(self) -> bool:
        """Whether the last line read so far lacks its line break: after all rows, whether the file does."""
        return bool(self._lines.last.rstrip()) and not self._lines.last.endswith(("\n", "\r"))

    def _first_row(self) -> list[str]:
        for values, _ in self._split():
            if values is None:
                raise SourceError(
                    f"{self.name} has no header that can be read: the quotation marks in its first line do not "
                    "match. Nothing was read from it."
                )
            if values:
                return values
        return []

    def _not_readable(self) -> EncodingError:
        return EncodingError(f"{self.name} {refusal(self._file, self.encoding)}. Nothing was read from it.")

    def _find_delimiter(self) -> str:
        """The separator that the first line names (``sep=;``), or by which it has the most names."""
        first = next(self._lines, "")
        while first and not first.strip():
            first = next(self._lines, "")
        self._lines.take()
        if said := _SAID.match(first):
            return said[1]
        self._lines.give_back([first] if first else [])
        names = {mark: {name.strip() for name in fields_of(first, mark)} for mark in DELIMITERS}
        expected = set(self._columns or ())
        best = max(DELIMITERS, key=lambda mark: (len(expected & names[mark]), max(1, len(names[mark]))))
        if best != ",":
            self.notes.append(
                f"its fields are taken to be separated by {_NAMES[best]}, as its first line shows"
            )
        return best

    def _judge_width(self, *, unnamed_end: bool) -> int:
        """Whether most rows have one field more than the header, an empty one: writers that end each row so.

        Or the header alone ends in a separator: then its last name, an empty one, goes.
        """
        width = len(self.header)
        rows = list(islice(self._split(), _ROWS_TO_JUDGE_BY))
        self._lines.give_back([line for _, taken in rows for line in taken])
        lengths = [len(values) for values, _ in rows if values]
        fitting = lengths.count(width)
        surplus = sum(
            1 for values, _ in rows if values and len(values) == width + 1 and not values[-1].strip()
        )
        if surplus > fitting:
            self.notes.append("its rows end in one more separator than its header; nothing comes after it")
            return 1
        if unnamed_end and width > 1 and lengths.count(width - 1) > fitting:
            self.notes.append("its header ends in one more separator than its rows")
            del self.header[-1]
        return 0

    def _looks_like_rows(self, taken: list[str]) -> bool:
        """Whether the lines of one row could each be a row of their own.

        Two stray quotation marks, one each in two rows, make one well-formed row of them. Then every line has
        as many fields as a row, of which one at most has a stray quotation mark, and begins as rows begin; a text of
        several lines hardly does.
        """
        width = len(self.header) + self._surplus
        lines = [line.rstrip("\r\n").split(self.delimiter) for line in taken]
        if width == 1 or any(len(fields) != width for fields in lines):
            return False
        if any(sum(_is_stray(field) for field in fields) > 1 for fields in lines):
            return False
        first = [fields[0] for fields in lines]
        quoted = {field.startswith('"') for field in first if not _is_stray(field)}
        return len({_shape(field) for field in first}) == 1 and len(quoted) <= 1

    def _split(self) -> Iterator[tuple[list[str] | None, list[str]]]:
        """Yield (values, its lines) per row: none for an empty line, None where quotation marks do not match.

        Strict, because a quotation mark that is never closed would swallow the rest of the file without a word.
        """
        reader = csv.reader(self._lines, strict=True, delimiter=self.delimiter)
        while True:
            values: list[str] | None
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error:
                values = None
            taken = self._lines.take()
            if values is None and len(taken) == 1 and len(taken[0]) > csv.field_size_limit():
                values = fields_of(taken[0], self.delimiter) or None
            if taken:
                yield values, taken


def _is_stray(field: str) -> bool:
    """Whether a field between two separators has quotation marks, and not as one that is quoted whole."""
    return '"' in field and not re.fullmatch(r'"(?:[^"]|"")*"', field)


def _shape(text: str) -> tuple[bool, bool]:
    """Whether there are letters and digits: texts of one column mostly agree in that, keys above all."""
    return any(map(str.isalpha, text)), any(map(str.isdigit, text))


def _check_header(
    header: list[str], name: str, columns: Collection[str] | None, delimiter: str, *, unique: bool
) -> None:
    if not header:
        listed = f" ({', '.join(columns)})" if columns else ""
        raise SourceError(f"{name} is empty: its first line must be the header{listed}.")
    expected = list(columns or ())
    missing = [column for column in expected if column not in header]
    # Its first line is a header only if most of the names are there; else it may be somebody's data, not to be shown.
    if len(missing) * 2 > len(expected):
        raise SourceError(
            f"{name} has {'none' if len(missing) == len(expected) else 'few'} of the expected columns "
            f"({', '.join(missing)} are missing) in its first line, which has "
            f"{counted(len(header), 'field')}. Does it have a header line, and is it separated by "
            f"{_NAMES.get(delimiter, repr(delimiter))}?"
        )
    if missing:
        raise SourceError(
            f"{name} lacks the columns {', '.join(missing)}. Its header has: {', '.join(header)}."
        )
    repeated = {column for column in header if unique and header.count(column) > 1}
    if repeated:
        positions = [str(position) for position, column in enumerate(header, 1) if column in repeated]
        shown = f": {', '.join(sorted(repeated))}" if expected else ""
        raise SourceError(
            f"{name} has columns of the same name{shown} (columns {', '.join(positions)} of its header). "
            "Give them different names, or take out all but one."
        )
