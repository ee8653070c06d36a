"""Files in OneLake for Python, as an fsspec file system for ``abfss://`` (and ``abfs://``).

Outside Fabric it uses obstore, which reads the same credentials and endpoints as Sail and deltalake; inside
Fabric ``notebookutils.fs``, which is signed in as the session. Paths are full URLs.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Protocol

import fsspec
from fsspec.spec import AbstractFileSystem

PROTOCOLS = ("abfss", "abfs")


class FileStore(Protocol):
    """What the file system needs of OneLake. Paths that are not there raise FileNotFoundError."""

    def read(self, url: str) -> bytes:
        """Content of a file."""

    def write(self, url: str, content: bytes) -> None:
        """Write a file in one step, over whatever was there."""

    def create(self, url: str, content: bytes) -> bool:
        """Write a file in one step if there is none of this name; False if there is."""

    def list(self, url: str) -> list[dict[str, Any]]:
        """What is directly in a folder, and nothing for an empty one.

        Each is ``{"name", "size", "type"}``, and what tells one version of a file from another (``etag``,
        ``last_modified``, ``mtime``).
        """

    def remove(self, url: str) -> None:
        """Remove a file, or a folder with all in it."""


class OneLakeFileSystem(AbstractFileSystem):
    """Whole files only: landing files are read and staged parts are written in one piece."""

    protocol = PROTOCOLS
    cachable = False  # another store after another sign-in

    def __init__(self, *args: Any, store: FileStore | None = None, **options: Any) -> None:
        """Take the store that suits this place, unless one is given."""
        super().__init__(*args, **options)
        self._store = store or default_store()

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path).rstrip("/")

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Folders come with their first file."""

    def mkdir(self, path: str, create_parents: bool = True, **options: Any) -> None:
        """Folders come with their first file."""

    def rmdir(self, path: str) -> None:
        """Folders go with their last file."""

    def ls(self, path: str, detail: bool = True, **options: Any) -> list[Any]:
        """What is directly in a folder."""
        found = self._store.list(self._strip_protocol(path))
        return found if detail else [entry["name"] for entry in found]

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """``{"name", "size", "type"}`` of a file or folder.

        Raises:
            FileNotFoundError: there is neither.
        """
        url = self._strip_protocol(path)
        parent, _, _ = url.rpartition("/")
        try:
            siblings = self._store.list(parent)
        except FileNotFoundError:
            siblings = []
        for entry in siblings:
            if entry["name"].rstrip("/") == url:
                return entry
        raise FileNotFoundError(url)

    def _rm(self, path: str) -> None:
        self._store.remove(self._strip_protocol(path))

    def rm(self, path: Any, recursive: bool = False, maxdepth: int | None = None) -> None:
        """Remove files, and folders with all in them."""
        for one in [path] if isinstance(path, str) else path:
            self._store.remove(self._strip_protocol(one))

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        url = self._strip_protocol(path)
        if mode == "rb":
            return io.BytesIO(self._store.read(url))
        if mode == "wb":
            return _Writer(lambda content: self._store.write(url, content))
        raise ValueError(f"{url} can be opened to read or to overwrite, not with mode '{mode}'.")


class _Writer(io.BytesIO):
    """Collects a file and writes it when it is closed without an error."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        super().__init__()
        self._write = write
        self._failed = False

    def __exit__(self, kind: Any, *rest: Any) -> None:
        self._failed = kind is not None
        self.close()

    def close(self) -> None:
        if not self.closed and not self._failed:
            self._write(self.getvalue())
        super().close()


def default_store() -> FileStore:
    """The store of this place: another one inside Fabric than outside."""
    from customer_360.onelake.place import in_fabric

    if in_fabric():
        from customer_360.onelake.notebook_store import NotebookStore

        return NotebookStore()
    from customer_360.onelake.object_store import ObjectStore

    return ObjectStore()


def register_onelake() -> None:
    """Let fsspec, and with it Kedro's datasets, open ``abfss://`` URLs through this file system."""
    for protocol in PROTOCOLS:
        fsspec.register_implementation(protocol, OneLakeFileSystem, clobber=True)
