"""What one run keeps for the next: a text that names folders of tables, valid as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

import fsspec
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.engine import RunState
from customer_360.lakehouse import Pointer, Value, open_store

logger = logging.getLogger(__name__)

CURRENT = "current"  # folder of the pointer, beside the folders that its content names
_FORMAT = 2
_FORMER = "state.json"  # of format 1, which could not be checked

Sizes = dict[str, int]  # of the files in a folder, by their path in it


class RunStateDataset(AbstractDataset[RunState, RunState]):
    """Loads and saves a :class:`~customer_360.engine.scratch.RunState`.

    Nodes write tables into new folders under the root; saving switches a pointer to the text that names them, in
    one step on every store, and then removes the folders that it does not name. A run that is killed before leaves
    the former text with its folders as they were.

    What is loaded was checked: the text by its digest, the folders by the names and sizes of their files. Where
    something is cut, empty or gone, nothing counts as kept, and ``Kept.lost`` says why.

    Example (``catalog.yml``)::

        identity_state:
          type: customer_360.datasets.run_state.RunStateDataset
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
        self._credentials = credentials or {}
        self.summary = ""
        self.metadata = metadata

    def load(self) -> RunState:
        """What the last run kept; without text if there was none, or with the reason why it does not count."""
        found = self._pointer().load()
        number = found.number if found else 0
        if found is None:
            former = open_store(self._root).read(_FORMER) is not None
            return RunState(self._root, lost="an older version of the program kept it" if former else "")
        text, folders, lost = self._checked(found)
        if lost:
            logger.warning("What the last run kept in %s is not used: %s.", self._root, lost)
        return RunState(self._root, text, frozenset(folders), lost=lost, number=number)

    def save(self, data: RunState) -> None:
        """Put this in place of what was kept before.

        Raises:
            DatasetError: it is of another root, or somebody else has put something there since it was loaded.
        """
        if data.root != self._root:
            raise DatasetError(f"What is kept in {data.root} cannot be saved in {self._root}.")
        self.summary = data.summary
        if data.text is None:
            open_store(self._root).remove(CURRENT)  # first: what is left by a kill then is nobody's
            self._remove_all_but(set())
            return
        pointer = self._pointer()
        before = pointer.load()
        content = _sealed(data.text, {name: self._sizes(name) for name in data.folders})
        if before is not None and before.content == content:
            self._remove_all_but({CURRENT, *data.folders})  # of a run that was killed before it switched
            return
        if (before.number if before else 0) != data.number:
            raise self._switched()
        switched = pointer.switch(content, after=before)
        if switched is None:
            raise self._switched()
        pointer.clean(switched)
        self._remove_all_but({CURRENT, *data.folders})

    def _checked(self, found: Value) -> tuple[str | None, dict[str, Sizes], str]:
        """Text and folders, or why they do not count."""
        opened = _opened(found.content)
        if opened is None:
            return None, {}, f"the file {self._pointer().path(found.number)} is damaged"
        text, folders = opened
        for name, sizes in folders.items():
            here = self._sizes(name)
            for path, size in sizes.items():
                if path not in here:
                    return None, {}, f"the file {name}/{path} is missing"
                if here[path] != size:
                    return None, {}, f"the file {name}/{path} is damaged"
        return text, folders, ""

    def _pointer(self) -> Pointer:
        return Pointer(open_store(self._root), CURRENT)

    def _switched(self) -> DatasetError:
        return DatasetError(
            f"Another run has changed what is kept in {self._root} since this one began. This run stops; run again."
        )

    def _sizes(self, folder: str) -> Sizes:
        system, path = self._files()
        try:
            found = system.find(f"{path}/{folder}", detail=True)
        except FileNotFoundError:
            return {}
        start = f"{path}/{folder}/"
        sizes = {name.removeprefix(start): int(info["size"] or 0) for name, info in found.items()}
        return {name: size for name, size in sizes.items() if name.endswith(".parquet")}

    def _remove_all_but(self, names: set[str]) -> None:
        store = open_store(self._root)
        for name in store.list(""):
            if name not in names:
                store.remove(name)

    def _files(self) -> tuple[Any, str]:
        system, path = fsspec.core.url_to_fs(self._root, **self._credentials)
        system.invalidate_cache()
        return system, path.rstrip("/")

    def _exists(self) -> bool:
        return self._pointer().number() > 0

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._root}


def _sealed(text: str, folders: Mapping[str, Sizes]) -> bytes:
    body = {"format": _FORMAT, "text": text, "folders": folders}
    return json.dumps({**body, "digest": _digest(body)}, sort_keys=True).encode()


def _opened(content: bytes | None) -> tuple[str, dict[str, Sizes]] | None:
    try:
        body = json.loads(content or b"")
        digest = body.pop("digest")
        if digest == _digest(body) and body["format"] == _FORMAT:
            return body["text"], body["folders"]
    except (ValueError, KeyError, AttributeError, TypeError):
        pass
    return None


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
