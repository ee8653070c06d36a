"""The data files of a table, as the actions of its log add and remove them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class DataFile:
    """A data file that a version of a table consists of.

    Attributes:
        size: bytes, as the log says.
        rows: as the log says; None where it does not.
    """

    size: int
    rows: int | None


def apply_action(found: dict[str, DataFile], action: Mapping[str, Any]) -> None:
    """Bring the files of a version up to date by one action of the next."""
    if added := action.get("add"):
        rows = None if added.get("deletionVector") else _rows(added.get("stats"))
        found[unquote(added["path"])] = DataFile(int(added["size"]), rows)
    elif removed := action.get("remove"):
        found.pop(unquote(removed["path"]), None)


def is_rearrangement(action: Mapping[str, Any]) -> bool:
    """Whether an action only moves rows from file to file: of the files that it joins, compaction says so."""
    file = action.get("add") or action.get("remove")
    return file is not None and file.get("dataChange") is False


def _rows(stats: str | None) -> int | None:
    try:
        rows = json.loads(stats or "{}").get("numRecords")
    except ValueError:
        return None
    return None if rows is None else int(rows)
