"""The tables of the lakehouse as nodes ask about them, and frames that one step of a run hands to another."""

from __future__ import annotations

from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.engine import DerivedTables


class DerivedTablesDataset(AbstractDataset[Any, DerivedTables]):
    """Loads what tells how a table is to be brought up to date: :class:`~customer_360.engine.DerivedTables`.

    Example (``catalog.yml``)::

        lakehouse_tables:
          type: customer_360.datasets.derived_tables.DerivedTablesDataset
          folder: data/lakehouse
    """

    def __init__(self, *, folder: str, rebuild: bool = False, metadata: dict[str, Any] | None = None) -> None:
        """Create the dataset.

        Args:
            folder: root of the lakehouse, local or a URL.
            rebuild: compute every derived table anew.
            metadata: for kedro-viz and other plugins.
        """
        self._folder, self._rebuild = folder, rebuild
        self.metadata = metadata

    def load(self) -> DerivedTables:
        """Nothing is looked at yet."""
        return DerivedTables(self._folder, rebuild=self._rebuild)

    def save(self, data: Any) -> None:
        """Raises DatasetError: tables are saved by their own datasets."""
        raise DatasetError("Save a table by its own dataset.")

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._folder, "rebuild": self._rebuild}


class HandedOnDataset(AbstractDataset[Any, Any]):
    """What a step hands to a later one of the same run, to spare it some work; None where no step has.

    So a run may begin with the later step.
    """

    _SINGLE_PROCESS = True

    def __init__(self, *, metadata: dict[str, Any] | None = None) -> None:
        """Args: metadata: for kedro-viz and other plugins."""
        self._value: Any = None
        self.metadata = metadata

    def load(self) -> Any:
        """What was handed on, or None."""
        return self._value

    def save(self, data: Any) -> None:
        """Hand this on."""
        self._value = data

    def _exists(self) -> bool:
        return True

    def _release(self) -> None:
        self._value = None

    def _describe(self) -> dict[str, Any]:
        return {}
