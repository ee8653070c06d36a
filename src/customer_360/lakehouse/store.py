"""Small files below a lakehouse, written so that others see them whole or not at all.

One interface over a local disk or network share and over OneLake. Two things can be relied on everywhere:

- :meth:`Store.put_if_absent` gives a name to one writer only, whoever else tries at the same time;
- a file that was put so is whole and never changes.

:meth:`Store.replace` is one step on a disk and on an object store. Inside Fabric it is not (``notebookutils`` has
no conditional write and replaces by removing first), so what must be switched in one step is kept by a
:class:`~customer_360.lakehouse.pointer.Pointer`, which needs only the two promises above.
"""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Protocol

TEMPORARY = ".tmp-"  # the names of files that are being written begin so


class StoreError(RuntimeError):
    """The place cannot be used; the message says why and what to do."""


class Store(Protocol):
    """Files by their paths below a root, with ``/`` between folders.

    Every method raises OSError (PermissionError among them) when the place cannot be reached or refuses.
    """

    root: str

    def read(self, path: str) -> bytes | None:
        """Content of a file; None if there is none."""

    def put_if_absent(self, path: str, content: bytes) -> bool:
        """Write a new file, whole; False, and nothing changed, if there is one of this name.

        On an object store a lost answer can make a writer's own file look like somebody else's: who has to know
        puts something of his own into the content and reads it back.
        """

    def replace(self, path: str, content: bytes) -> None:
        """Write a file over whatever was there."""

    def list(self, folder: str) -> list[str]:
        """Names of what is directly in a folder, files and folders, sorted; empty if there is no folder."""

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; one that is not there is fine."""


def open_store(root: str) -> Store:
    """The files below ``root``.

    Args:
        root: of a lakehouse: a local path, ``file://`` or ``abfss://`` URL.

    Raises:
        StoreError: a URL of another kind.
    """
    scheme, separator, _ = root.partition("://")
    if not separator:
        return LocalStore(Path(root))
    if scheme == "file":
        return LocalStore(Path(root.removeprefix("file://")))
    if scheme in ("abfss", "abfs"):
        return RemoteStore(root)
    raise StoreError(
        f"{root} is neither a local path nor an abfss:// URL: nothing is known about writing there one at a time."
    )


class LocalStore:
    """A folder on a disk or network share. Implements :class:`Store`."""

    def __init__(self, folder: Path) -> None:
        """Args: folder: made with the first file."""
        self._folder = folder.absolute()
        self.root = str(self._folder)

    def read(self, path: str) -> bytes | None:
        """Content of a file; None if there is none."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put_if_absent(self, path: str, content: bytes) -> bool:
        """Write aside, then link: a link is made whole, and only where there is none of the name."""
        target = self._folder / path
        temporary = self._write_aside(target, content)
        try:
            os.link(temporary, target)
        except FileExistsError:
            return False
        except FileNotFoundError:  # taken for the left-over of a killed writer, and removed
            return self.put_if_absent(path, content)
        except OSError:
            return _create(target, content)  # a share without links
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(target.parent)
        return True

    def replace(self, path: str, content: bytes) -> None:
        """Write aside, then rename over what was there: one step."""
        target = self._folder / path
        temporary = self._write_aside(target, content)
        try:
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(target.parent)

    def list(self, folder: str) -> list[str]:
        """Names of what is directly in a folder, without what is being written."""
        try:
            return sorted(n for n in os.listdir(self._folder / folder) if not n.startswith(TEMPORARY))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it."""
        target = self._folder / path
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target, ignore_errors=False, onerror=_unless_gone)
        else:
            target.unlink(missing_ok=True)

    def _write_aside(self, target: Path, content: bytes) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
        try:
            _write_new(temporary, content)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        return temporary


class RemoteStore:
    """A lakehouse in OneLake, by what this place has for it. Implements :class:`Store`."""

    def __init__(self, root: str) -> None:
        """Args: root: ``abfss://`` URL of the lakehouse."""
        from customer_360.onelake import default_store

        self.root = root.rstrip("/")
        self._store = default_store()

    def read(self, path: str) -> bytes | None:
        """Content of a file; None if there is none."""
        try:
            return self._store.read(self._url(path))
        except FileNotFoundError:
            return None

    def put_if_absent(self, path: str, content: bytes) -> bool:
        """A conditional write; inside Fabric a rename that does not overwrite."""
        return self._store.create(self._url(path), content)

    def replace(self, path: str, content: bytes) -> None:
        """Write a file over whatever was there."""
        self._store.write(self._url(path), content)

    def list(self, folder: str) -> list[str]:
        """Names of what is directly in a folder."""
        try:
            found = self._store.list(self._url(folder))
        except FileNotFoundError:
            return []
        names = {entry["name"].rstrip("/").rpartition("/")[2] for entry in found}
        return sorted(name for name in names if not name.startswith(TEMPORARY))

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it."""
        with suppress(FileNotFoundError):
            self._store.remove(self._url(path))

    def _url(self, path: str) -> str:
        return f"{self.root}/{path.strip('/')}"


def _write_new(target: Path, content: bytes) -> None:
    """Write a file that was not there, down to the disk."""
    with target.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _create(target: Path, content: bytes) -> bool:
    """The second best way to make a new file: its name is taken first and its content follows."""
    try:
        _write_new(target, content)
    except FileExistsError:
        return False
    return True


def _flush_folder(folder: Path) -> None:
    """Make a new name outlast a power cut, where the system lets a folder be flushed."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unless_gone(function: object, path: str, error: object) -> None:
    found = error[1] if isinstance(error, tuple) else error
    if not isinstance(found, FileNotFoundError):
        assert isinstance(found, BaseException)
        raise found
