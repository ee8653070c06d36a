"""Lines of a CSV file that can be read again, when they turn out to be no row."""

from __future__ import annotations

import csv
from typing import IO


class Lines:
    """The lines of a file, remembering those of the row at hand, so that they can be read again."""

    def __init__(self, file: IO[str]) -> None:
        """Args: file: open as text, with its line ends as they are."""
        self._file = file
        self._again: list[str] = []
        self._taken: list[str] = []
        self.number = 0
        self.last = ""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._file)
        self._taken.append(line)
        self.last = line
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


def fields_of(line: str, separator: str) -> list[str]:
    """The fields of one line, however long they are; none if its quotation marks do not match."""
    usual = csv.field_size_limit(max(csv.field_size_limit(), len(line) + 1))
    try:
        rows = list(csv.reader([line], strict=True, delimiter=separator))
    except csv.Error:
        return []
    finally:
        csv.field_size_limit(usual)
    return rows[0] if rows else []
