"""Files that others write: never read while they are being written, and seen when they change meanwhile."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from customer_360.datasets.errors import IncompletePull, SourceError, public_url

QUIET_SECONDS = 1.0
_PATIENCE = 10.0  # for a file that goes on changing
_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# What file systems call the version of a file, besides its size.
_VERSIONS = ("etag", "ETag", "e_tag", "mtime", "last_modified", "LastModified", "updated", "generation")

Fingerprint = tuple[Any, ...]


class SteadyFile:
    """A file that is watched while it is read."""

    def __init__(
        self,
        path: str,
        storage_options: Mapping[str, Any] | None = None,
        *,
        quiet_seconds: float = QUIET_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is looked at yet.

        Args:
            path: local path or fsspec URL.
            storage_options: fsspec options.
            quiet_seconds: a local file that was changed later than this ago is waited for.
            sleep: how to wait.
            now: seconds since 1970.
        """
        self._name = public_url(path)
        self._system, self._path = fsspec.url_to_fs(path, **(storage_options or {}))
        self._quiet, self._sleep, self._now = quiet_seconds, sleep, now

    def fingerprint(self) -> Fingerprint | None:
        """What tells this content from another: size, time, version. None: there is no such file."""
        if isinstance(self._system, LocalFileSystem):
            try:
                found = os.stat(self._path)
            except OSError:
                return None
            return (found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)
        try:
            self._system.invalidate_cache()
            info = self._system.info(self._path)
        except OSError:
            return None
        return (info.get("size"), *(info.get(name) for name in _VERSIONS))

    def settled(self) -> Fingerprint | None:
        """Wait until nobody has written to the file for a moment; return its fingerprint then.

        Raises:
            SourceError: it is no file but a pipe or device, or goes on being written.
        """
        refuse_special(self._path, self._system)
        found = self.fingerprint()
        waited = 0.0
        while found and isinstance(self._system, LocalFileSystem):
            left = self._quiet - abs(self._now() - found[1] / 1e9)  # abs: a server's clock may be ahead
            if left <= 0:
                break
            if waited >= _PATIENCE:
                raise SourceError(
                    f"{self._name} is still being written: it changed within the last {self._quiet:g} s, for "
                    f"{waited:.0f} s now. Run again when it is complete; better, have it written under another "
                    "name and renamed. Nothing of it was kept."
                )
            self._sleep(left)
            waited += left
            found = self.fingerprint()
        return found

    def check_unchanged(self, before: Fingerprint | None) -> None:
        """Refuse what was read if the file is another one by now.

        Raises:
            IncompletePull: its size, time or version differ.
        """
        if self.fingerprint() != before:
            raise IncompletePull(
                f"{self._name} was changed while it was being read. Deliver it under another name and rename "
                "it when it is complete. Nothing of this reading was kept."
            )


def refuse_special(path: str, system: Any) -> None:
    """Raise SourceError for a local pipe, socket or device: opening one can wait for ever."""
    if not isinstance(system, LocalFileSystem):
        return
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return  # whoever opens it says what is wrong
    for is_such, what in _SPECIAL:
        if is_such(mode):
            raise SourceError(f"{path} is {what}, not a file. Put a file there. Nothing was read.")
