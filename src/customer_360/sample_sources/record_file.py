"""Records of a JSON-lines file or of a JSON array, any slice of them without reading the rest."""

from __future__ import annotations

import json
from array import array
from datetime import datetime
from pathlib import Path
from typing import Any

CHANGED_AT = "updatedAt"


class RecordFile:
    """Random access to the records of one file; holds eight bytes a record (a JSON array is held as a whole).

    Args:
        path: ``.jsonl`` (one record per line) or ``.json`` (an array, meant for small files).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is of another kind.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(
                f"No file to serve at {path}. Generate a sample first, or give another path."
            )
        self._path = path
        self._offsets = array("Q", [0])
        self._lines: list[bytes] | None = None
        if path.suffix == ".jsonl":
            self._index_lines()
        elif path.suffix == ".json":
            self._lines = _array_elements(path)
        else:
            raise ValueError(f"Cannot serve {path}: expected a .jsonl or .json file, got '{path.suffix}'.")

    def __len__(self) -> int:
        return len(self._offsets) - 1 if self._lines is None else len(self._lines)

    def raw(self, start: int, stop: int) -> list[bytes]:
        """The JSON texts of the records from ``start`` up to, not including, ``stop``."""
        start, stop = min(start, len(self)), min(stop, len(self))
        if start >= stop:
            return []
        if self._lines is not None:
            return self._lines[start:stop]
        with self._path.open("rb") as handle:
            handle.seek(self._offsets[start])
            return handle.read(self._offsets[stop] - self._offsets[start]).rstrip(b"\n").split(b"\n")

    def find(self, record_id: str) -> dict[str, Any] | None:
        """The first record whose ``id`` reads ``record_id``; looks first where ids counted from 1 have it."""
        if record_id.isascii() and record_id.isdigit() and int(record_id) >= 1:
            for line in self.raw(int(record_id) - 1, int(record_id)):
                record: dict[str, Any] = json.loads(line)
                if _has_id(record, record_id):
                    return record
        for start in range(0, len(self), 1000):
            for line in self.raw(start, start + 1000):
                record = json.loads(line)
                if _has_id(record, record_id):
                    return record
        return None

    def changed_since(self, since: datetime) -> ChangedRecords:
        """Those that have a time in the field ``updatedAt``, and one that is not before ``since`` (with a zone)."""
        return ChangedRecords(
            [line for line in self.raw(0, len(self)) if _is_changed(json.loads(line), since)]
        )

    def _index_lines(self) -> None:
        offset = 0
        with self._path.open("rb") as handle:
            for line in handle:
                offset += len(line)
                self._offsets.append(offset)


class ChangedRecords:
    """Some of the records of a file, in its order, by their JSON texts."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def raw(self, start: int, stop: int) -> list[bytes]:
        """The JSON texts of the records from ``start`` up to, not including, ``stop``."""
        return self._lines[start:stop]


def _is_changed(record: object, since: datetime) -> bool:
    try:
        changed = datetime.fromisoformat(record[CHANGED_AT]) if isinstance(record, dict) else None
    except (KeyError, TypeError, ValueError):
        return False
    return changed is not None and changed.tzinfo is not None and changed >= since


def _array_elements(path: Path) -> list[bytes]:
    elements = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(elements, list):
        raise ValueError(f"Cannot serve {path}: expected a JSON array, got {type(elements).__name__}.")
    return [json.dumps(element, ensure_ascii=False).encode() for element in elements]


def _has_id(record: object, record_id: str) -> bool:
    return isinstance(record, dict) and str(record.get("id")) == record_id
