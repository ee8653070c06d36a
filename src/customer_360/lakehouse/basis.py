"""What a table was computed from, remembered beside it: versions of other tables, and digests of the configuration.

It is written after the table. A run that is killed between the two leaves a table whose version the memory does not
know: it is then computed anew, and nothing is assumed about it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from customer_360.lakehouse.store import open_store
from customer_360.lakehouse.table_history import Token
from customer_360.lakehouse.table_place import STATE_TABLES, split_table_folder

FOLDER = "Files/state/tables"
_FORMAT = 1


@dataclass(frozen=True)
class Basis:
    """What one table was computed from.

    Attributes:
        token: the table itself, as it was written; None: it is not written yet.
        reads: the tables that it was computed from, by ``<layer>/<table>``, as they were then (None: not there).
        parts: digests of what else it depends on, by the name that people know it by ("the rules").
    """

    token: Token | None
    reads: Mapping[str, Token | None]
    parts: Mapping[str, str]


def read_basis(table: str) -> Basis | None:
    """What is remembered of a table; None where there is nothing, or nothing that this program can read.

    Args:
        table: its folder, local or ``abfss://``.
    """
    root, path = _place(table)
    content = open_store(root).read(path)
    try:
        body = json.loads(content or b"")
        return Basis(body["token"], body["reads"], body["parts"]) if body["format"] == _FORMAT else None
    except (ValueError, KeyError, TypeError):
        return None


def write_basis(table: str, basis: Basis) -> None:
    """Remember what a table, which was just written, was computed from."""
    root, path = _place(table)
    content = json.dumps({"format": _FORMAT, **asdict(basis)}, sort_keys=True).encode()
    open_store(root).replace(path, content)


def _place(table: str) -> tuple[str, str]:
    place = split_table_folder(table)
    if place is None:
        raise ValueError(f"{table} is no table of a lakehouse.")
    root, name = place
    return root, f"{FOLDER}/{name.removeprefix(STATE_TABLES).replace('/', '.')}.json"
