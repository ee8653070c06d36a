"""A place for intermediate tables that belong to one run."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import fsspec
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.engine import Scratch


class ScratchDataset(AbstractDataset[Any, Scratch]):
    """Loads a :class:`~customer_360.engine.scratch.Scratch` in a folder of its own; releasing it removes that.

    Example (``catalog.yml``)::

        identity_scratch:
          type: customer_360.datasets.scratch_folder.ScratchDataset
          folder: data/lakehouse/Files/work/identity
    """

    def __init__(
        self,
        *,
        folder: str,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Create the dataset.

        Args:
            folder: where the engine may write, local or a URL.
            credentials: storage options of fsspec.
            metadata: for kedro-viz and other plugins.
        """
        self._root = folder
        self._credentials = credentials or {}
        self._folders: list[str] = []
        self.metadata = metadata

    def load(self) -> Scratch:
        """A scratch place that nobody else uses."""
        self._folders.append(f"{self._root}/{uuid4().hex}")
        return Scratch(self._folders[-1])

    def save(self, data: Any) -> None:
        """Raises DatasetError: intermediate tables are written by the scratch place itself."""
        raise DatasetError("A scratch place is not a table: load it, and keep frames in it.")

    def _release(self) -> None:
        """Remove the places that were handed out. What a killed run left goes with the next run of the lakehouse."""
        while self._folders:
            system, path = fsspec.core.url_to_fs(self._folders.pop(), **self._credentials)
            if system.exists(path):
                system.rm(path, recursive=True)

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._root}
