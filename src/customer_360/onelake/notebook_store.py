"""OneLake from inside Fabric, through ``notebookutils.fs``: signed in as the session, in any workspace."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any


class NotebookStore:
    """Implements :class:`~customer_360.onelake.filesystem.Store`.

    ``notebookutils.fs`` copies between OneLake and the driver's disk (``file:/...``); its own ``head`` and
    ``put`` are for short texts only.
    """

    def __init__(self) -> None:
        import notebookutils

        self._fs = notebookutils.fs

    def read(self, url: str) -> bytes:
        """Content of a file."""
        if not self._fs.exists(url):
            raise FileNotFoundError(url)
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder) / "file"
            self._fs.cp(url, f"file:{local}", False)
            return local.read_bytes()

    def write(self, url: str, content: bytes) -> None:
        """Write a file in one step."""
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder) / url.rpartition("/")[2]
            local.write_bytes(content)
            self._fs.mkdirs(url.rpartition("/")[0])
            if self._fs.exists(url):
                self._fs.rm(url, False)
            self._fs.cp(f"file:{local}", url, False)

    def list(self, url: str) -> list[dict[str, Any]]:
        """What is directly in a folder."""
        if not self._fs.exists(url):
            raise FileNotFoundError(url)
        return [
            {
                "name": f"{url}/{entry.name.rstrip('/')}",
                "size": entry.size,
                "type": "directory" if entry.isDir else "file",
            }
            for entry in self._fs.ls(url)
        ]

    def remove(self, url: str) -> None:
        """Remove a file or folder."""
        if not self._fs.exists(url):
            raise FileNotFoundError(url)
        self._fs.rm(url, True)
