"""Which tables a lakehouse has, and in which versions people are to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kedro.io.core import DatasetError

from customer_360.datasets import manifest_of, open_table
from customer_360.lakehouse import open_store

if TYPE_CHECKING:
    from deltalake import DeltaTable

TABLE_LAYERS = ("bronze", "silver", "gold")


@dataclass(frozen=True)
class LakehouseTable:
    """A table's folder; nothing of it is read yet.

    Attributes:
        layer, name: ``gold``, ``customer_360``.
        folder: local or ``abfss://``.
        version: that was published last; None where no manifest names the table: it is read as it is.
        rows: in that version; None where nobody counted them.
    """

    layer: str
    name: str
    folder: str
    version: int | None = None
    rows: int | None = None

    @property
    def sql_name(self) -> str:
        """As a query names it."""
        return f"{self.layer}.{self.name}"

    def open(self) -> DeltaTable | None:
        """The table in its version; None where nothing was ever committed in the folder.

        Raises:
            DatasetError: it cannot be read.
        """
        try:
            table: DeltaTable | None = open_table(self.folder, self.version)
        except Exception as error:
            raise DatasetError(f"{self.sql_name} cannot be read: {error}") from error
        return table


def find_tables(root: str) -> Mapping[str, LakehouseTable]:
    """The tables of a lakehouse, by their name in SQL: bronze, then silver, then gold.

    Args:
        root: of the lakehouse, a local path or ``abfss://`` URL.

    Raises:
        DatasetError: ``deltalake`` is not installed, or the manifest cannot be read.
    """
    store, published = open_store(root), manifest_of(root)
    found: dict[str, LakehouseTable] = {}
    for layer in TABLE_LAYERS:
        for name in store.list(f"Tables/{layer}"):
            known: Any = published.get(f"{layer}/{name}")
            folder = f"{root}/Tables/{layer}/{name}"
            table = LakehouseTable(
                layer, name, folder, known.version if known else None, known.rows if known else None
            )
            found[table.sql_name] = table
    return found
