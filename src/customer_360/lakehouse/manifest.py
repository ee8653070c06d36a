"""Which versions of which tables belong together: what the last successful run published.

The table ``gold/run_manifest`` is written last, in one commit. Who reads for people reads the versions that it
names: what a run in progress or a killed run has written is not seen. It holds one row per table, of the last
publication; its own earlier versions tell of earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customer_360.lakehouse.table_place import table_folder
from customer_360.schemas import RUN_MANIFEST

MANIFEST_TABLE = RUN_MANIFEST.name
MANIFEST_SCHEMA = RUN_MANIFEST.ddl


@dataclass(frozen=True)
class Published:
    """A table as it was published.

    Attributes:
        version: of its Delta log.
        rows: number of its rows.
    """

    version: int
    rows: int


def manifest_rows(
    tables: Mapping[str, Published], *, run_id: str, run_time: datetime, published_at: datetime
) -> list[tuple[Any, ...]]:
    """Rows of :data:`MANIFEST_SCHEMA`, in the order of the names."""
    return [
        (run_id, run_time, published_at, name, table.version, table.rows)
        for name, table in sorted(tables.items())
    ]


def published_tables(rows: Iterable[Mapping[str, Any]]) -> dict[str, Published]:
    """The tables that a manifest names, by ``<layer>/<table>``."""
    return {row["table"]: Published(row["version"], row["rows"]) for row in rows}


def manifest_folder(root: str) -> str:
    """Where the manifest of a lakehouse is."""
    return table_folder(root, MANIFEST_TABLE)
