"""What is read of a file of persons, as Parquet files of plain text that any engine reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customer_360.person_file.columns import REQUIRED_COLUMNS, Matched

ROWS_AT_ONCE = 50_000
ROWS_TO_JUDGE_BY = 1_000
# 4.47701E+11, and many zeros at the end of a long number: what a spreadsheet leaves of a number that it rounded.
_ROUNDED = r"^\s*[+-]?\d(?:[.,]\d+)?[eE]\+?\d+\s*$"
_ROUNDED_DIGITS = r"^\d{3,7}0{5,}$"
_REPLACEMENT = "\ufffd"
_NUMBERS = ("key", "phone", "national_id", "customer_number", "house_number", "postal_code")


def filled_texts(texts: Sequence[str]) -> Any:
    """An Arrow array of the texts; null where one is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.array(texts, pa.string())
    return pc.if_else(pc.equal(array, ""), None, array)


class PersonFileError(ValueError):
    """A file cannot be read as records of persons; the message says what is wrong and where."""


@dataclass
class StagedPersons:
    """What was read.

    Attributes:
        matched: which column is what.
        notes: what a person should know about the file, in sentences.
        records: their number.
        blank: records without a key, or without a source, by ``key`` and ``source``.
        rounded: numbers that were rounded before they came here, by attribute.
        lost: texts of which another program has lost characters (U+FFFD), by attribute.
    """

    matched: Matched
    notes: list[str] = field(default_factory=list)
    records: int = 0
    blank: Counter[str] = field(default_factory=Counter)
    rounded: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)


class Parts:
    """Writes arrays of strings by attribute, chunk by chunk, and counts what is worth telling.

    Attributes:
        staged: what was written; None before :meth:`begin`.
    """

    def __init__(self, folder: Path, source: str | None) -> None:
        """Args: folder: for the parts, there and empty; source: of all records, where no column names it."""
        self._folder, self._source = folder, source
        self._number = 0
        self.staged: StagedPersons | None = None

    def begin(self, matched: Matched, notes: list[str]) -> None:
        """Tell which columns come."""
        self.staged = StagedPersons(matched, notes)

    def write(self, arrays: dict[str, Any], rows: int) -> None:
        """Write one part, its attributes in Unicode's composed form (NFC); keys and sources are as they came."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        if self._source is not None and "source" not in arrays:
            arrays = {"source": pa.array([self._source] * rows, pa.string()), **arrays}
        self._count(arrays, rows)
        arrays = {
            name: array if name in REQUIRED_COLUMNS else pc.utf8_normalize(array, form="NFC")
            for name, array in arrays.items()
        }
        path = self._folder / f"part-{self._number:05d}.parquet"
        pq.write_table(pa.table(arrays), str(path), compression="snappy")
        self._number += 1

    def _count(self, arrays: dict[str, Any], rows: int) -> None:
        import pyarrow.compute as pc

        assert self.staged is not None
        self.staged.records += rows
        for target in REQUIRED_COLUMNS:
            named = pc.not_equal(pc.utf8_trim_whitespace(arrays[target]), "")
            self.staged.blank[target] += rows - (pc.sum(named).as_py() or 0)
        for target, array in arrays.items():
            lost = pc.sum(pc.match_substring(array, _REPLACEMENT)).as_py() or 0
            self.staged.lost += Counter({target: lost})
        for target in _NUMBERS:
            if target in arrays:
                rounded = pc.sum(pc.match_substring_regex(arrays[target], _ROUNDED)).as_py() or 0
                zeros = pc.sum(pc.match_substring_regex(arrays[target], _ROUNDED_DIGITS)).as_py() or 0
                filled = rows - arrays[target].null_count
                self.staged.rounded[target] += rounded + (zeros if zeros * 2 > filled else 0)
