"""What ingestion takes and leaves beside the tables of a source, for catalogs that tests build by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kedro.io import MemoryDataset

from customer_360.bronze import KNOWN_KEYS_SCHEMA
from customer_360.datasets import DeltaTableDataset, HandedOnDataset
from customer_360.engine import DerivedTables, Scratch


def beside(lakehouse: Path, table: str) -> dict[str, Any]:
    """Datasets by name."""
    known = DeltaTableDataset(
        filepath=str(lakehouse / "Files/state/known_keys" / table),
        schema=KNOWN_KEYS_SCHEMA,
        mode="upsert",
        keys=["source_key"],
        empty_if_absent=True,
    )
    return {
        f"previous_known_keys_{table}": known,
        f"known_keys_{table}": known,
        f"typed_{table}": HandedOnDataset(),
        "lakehouse_tables": MemoryDataset(DerivedTables(str(lakehouse)), copy_mode="assign"),
        "ingestion_scratch": MemoryDataset(Scratch(str(lakehouse / "scratch")), copy_mode="assign"),
    }
