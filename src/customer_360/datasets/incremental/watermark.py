"""How far a source was read, kept from one run to the next: only while bronze still has what was read."""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.lakehouse import Pointer, TableMark, additions_since, mark_of, open_store

logger = logging.getLogger(__name__)

_FORMAT = 1
_FOLDER = "watermark"

Watermark = Mapping[str, Any]


class WatermarkStore:
    """The watermark of one source, bound to the bronze table that holds the records up to it."""

    def __init__(self, folder: str, bronze: str) -> None:
        """Args: folder: its own, local or a URL. bronze: folder of the Delta table."""
        self._root, self._bronze = folder.rstrip("/"), bronze

    def load(self) -> tuple[Watermark | None, str]:
        """The watermark, or None and why there is none that counts."""
        found = self._pointer().load()
        if found is None:
            return None, "nothing is known of an earlier pull"
        opened = _opened(found.content)
        if opened is None:
            return None, f"the file {self._pointer().path(found.number)} in {self._root} is damaged"
        mark = TableMark(**opened["bronze"])
        since = additions_since(self._bronze, mark)
        if since.hindrance:
            return None, f"its bronze table is not what it was: {since.hindrance}"
        return opened["watermark"], ""

    def save(self, watermark: Watermark) -> None:
        """Put this in place of what was kept before; call when the records are in bronze. Empty: keep nothing.

        Raises:
            DatasetError: there is no bronze table, or somebody else has put something there meanwhile.
        """
        if not watermark:
            if self._pointer().number():
                open_store(self._root).remove(_FOLDER)
            return
        mark = mark_of(self._bronze)
        if mark is None:
            raise DatasetError(
                f"There is no table at {self._bronze}: the watermark of its source is not kept."
            )
        pointer = self._pointer()
        bronze = {"version": mark.version, "digest": mark.digest}
        content = _sealed({"watermark": dict(watermark), "bronze": bronze, "id": uuid.uuid4().hex})
        switched = pointer.switch(content, after=pointer.load())
        if switched is None:
            raise DatasetError(
                f"Another run has changed what is kept in {self._root} meanwhile. This run stops; run again."
            )
        pointer.clean(switched)

    def _pointer(self) -> Pointer:
        return Pointer(open_store(self._root), _FOLDER)


class WatermarkDataset(AbstractDataset[Watermark, Watermark]):
    """Keeps how far a source was read. A node saves it after its bronze table, never before.

    A run that is killed between the two leaves the former watermark: the next pull brings some records once more,
    and identical ones append nothing.

    Example (``catalog.yml``)::

        "watermark_{table}":
          type: customer_360.datasets.WatermarkDataset
          folder: data/lakehouse/Files/state/sources/{table}
          bronze: data/lakehouse/Tables/bronze/{table}
    """

    def __init__(self, *, folder: str, bronze: str, metadata: dict[str, Any] | None = None) -> None:
        """Create the dataset.

        Args:
            folder: where it is kept, local or a URL.
            bronze: folder of the table that has the records.
            metadata: for kedro-viz and other plugins.
        """
        self._folder = folder
        self._store = WatermarkStore(folder, bronze)
        self.metadata = metadata

    def load(self) -> Watermark:
        """What is kept; empty where nothing is, or nothing that counts."""
        return self._store.load()[0] or {}

    def save(self, data: Watermark) -> None:
        """Keep it. Empty: the source is not asked for changes, or will be asked for all."""
        self._store.save(data)

    def _exists(self) -> bool:
        return bool(self.load())

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._folder}


def _sealed(body: Mapping[str, Any]) -> bytes:
    text = json.dumps({"format": _FORMAT, **body}, sort_keys=True)
    return json.dumps({"body": text, "digest": hashlib.sha256(text.encode()).hexdigest()}).encode()


def _opened(content: bytes | None) -> dict[str, Any] | None:
    try:
        sealed = json.loads(content or b"")
        text = sealed["body"]
        if hashlib.sha256(text.encode()).hexdigest() != sealed["digest"]:
            return None
        body: dict[str, Any] = json.loads(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return body if body.get("format") == _FORMAT else None
