"""OneLake from inside Fabric, through ``notebookutils.fs``: signed in as the session, in any workspace."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from customer_360.onelake.java_failures import comes_from_java, java_failure
from customer_360.onelake.storage_errors import storage_error


class NotebookStore:
    """Implements :class:`~customer_360.onelake.filesystem.FileStore`.

    ``notebookutils.fs`` copies between OneLake and the driver's disk (``file:/...``); its own ``head`` and
    ``put`` are for short texts only.
    """

    def __init__(self) -> None:
        import notebookutils

        self._fs = notebookutils.fs

    def read(self, url: str) -> bytes:
        """Content of a file."""
        with _errors_of_python(url):
            if not self._fs.exists(url):
                raise FileNotFoundError(url)
            with tempfile.TemporaryDirectory() as folder:
                local = Path(folder) / "file"
                self._fs.cp(url, f"file:{local}", False)
                return local.read_bytes()

    def write(self, url: str, content: bytes) -> None:
        """Write a file in one step."""
        with _errors_of_python(url), tempfile.TemporaryDirectory() as folder:
            local = Path(folder) / url.rpartition("/")[2]
            local.write_bytes(content)
            self._fs.mkdirs(url.rpartition("/")[0])
            if self._fs.exists(url):
                self._fs.rm(url, False)
            self._fs.cp(f"file:{local}", url, False)

    def create(self, url: str, content: bytes) -> bool:
        """Write a file if there is none of this name.

        ``notebookutils`` has no conditional write. Its ``mv`` within OneLake is Hadoop's rename, which Azure's
        driver sends with ``If-None-Match: *``: of two at once one succeeds (Delta Lake's own commits to ADLS rely
        on the same). Whoever has to be sure reads the file back.
        """
        with _errors_of_python(url):
            folder, _, name = url.rpartition("/")
            aside = f"{folder}/.tmp-{uuid.uuid4().hex}"
            if self._fs.exists(url):
                return False
            self.write(aside, content)
            try:
                moved = self._fs.mv(aside, url, True, False)
            except Exception:  # for whatever reason: what counts is whether the name is taken now
                moved = False
            if self._fs.exists(aside):
                self._fs.rm(aside, False)
            if moved is False and not self._fs.exists(url):
                raise OSError(f"{url}: OneLake did not take {name}.")
            return moved is not False or self.read(url) == content

    def list(self, url: str) -> list[dict[str, Any]]:
        """What is directly in a folder."""
        with _errors_of_python(url):
            if not self._fs.exists(url):
                raise FileNotFoundError(url)
            return [
                {
                    "name": f"{url}/{entry.name.rstrip('/')}",
                    "size": entry.size,
                    "type": "directory" if entry.isDir else "file",
                    "mtime": getattr(entry, "modifyTime", None),
                }
                for entry in self._fs.ls(url)
            ]

    def remove(self, url: str) -> None:
        """Remove a file or folder."""
        with _errors_of_python(url):
            if not self._fs.exists(url):
                raise FileNotFoundError(url)
            self._fs.rm(url, True)


@contextmanager
def _errors_of_python(url: str) -> Iterator[None]:
    """``notebookutils`` passes on what the JVM raised: as the errors of Python that mean the same."""
    try:
        yield
    except Exception as error:
        if not comes_from_java(error):
            raise
        raise storage_error(url, java_failure(error), str(error)) from error
