"""What one run keeps for the next: a text that names folders of tables, valid as a whole or not at all."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.scratch import Kept

logger = logging.getLogger(__name__)
_FILE = "state.json"


class KeptTablesDataset(AbstractDataset[Kept, Kept]):
    """Loads and saves a :class:`~customer_360.scratch.Kept`.

    Nodes write tables into new folders under the root; saving puts the text that names them in place of the former
    one in a single step, and then removes the folders that it does not name. A run that is killed before leaves
    the former text with its folders as they were.

    Example (``catalog.yml``)::

        identity_state:
          type: customer_360.datasets.kept.KeptTablesDataset
          folder: data/lakehouse/Files/state/identity
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
            folder: the root, local or a URL that the engine and fsspec know.
            credentials: storage options of fsspec.
            metadata: for kedro-viz and other plugins.
        """
        self._root = folder.rstrip("/")
        self._system, self._path = fsspec.core.url_to_fs(self._root, **(credentials or {}))
        self.said = ""
        self.metadata = metadata

    def load(self) -> Kept:
        """What the last run kept; nothing if there was none, or if one of its folders is missing."""
        self._system.invalidate_cache()
        if not self._system.exists(f"{self._path}/{_FILE}"):
            return Kept(self._root)
        kept = json.loads(self._system.cat_file(f"{self._path}/{_FILE}"))
        missing = [name for name in kept["folders"] if not self._system.exists(f"{self._path}/{name}")]
        if missing:
            logger.warning(
                "%s names folders that are not there (%s): everything is worked out anew.",
                f"{self._root}/{_FILE}",
                ", ".join(missing),
            )
            return Kept(self._root)
        return Kept(self._root, kept["text"], frozenset(kept["folders"]))

    def save(self, data: Kept) -> None:
        """Put this in place of what was kept before. Raises DatasetError: it is of another root."""
        if data.root != self._root:
            raise DatasetError(f"What is kept in {data.root} cannot be saved in {self._root}.")
        if data.text is None:
            if self._system.exists(self._path):
                self._system.rm(self._path, recursive=True)
        else:
            self._write(json.dumps({"text": data.text, "folders": sorted(data.folders)}).encode())
            self._remove_all_but({_FILE, *data.folders})
        self.said = data.said

    def _write(self, content: bytes) -> None:
        target = f"{self._path}/{_FILE}"
        self._system.makedirs(self._path, exist_ok=True)
        if not isinstance(self._system, LocalFileSystem):
            self._system.pipe_file(target, content)  # object stores replace a file as a whole
            return
        with open(f"{target}.new", "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(f"{target}.new", target)

    def _remove_all_but(self, names: set[str]) -> None:
        self._system.invalidate_cache()
        for path in self._system.ls(self._path, detail=False):
            if path.rstrip("/").rsplit("/", 1)[-1] not in names:
                self._system.rm(path, recursive=True)

    def _exists(self) -> bool:
        return bool(self._system.exists(f"{self._path}/{_FILE}"))

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._root}
