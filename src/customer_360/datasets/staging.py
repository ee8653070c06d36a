"""Staging: a stream of records becomes JSON-lines files, without the fields that must never be stored."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from customer_360.datasets.errors import SourceError

MALFORMED = "_malformed"
ROWS_PER_FILE = 50_000
_ROWS_PER_WRITE = 1_000
_KNOWN_NAMES = 4_096
_OWNER = re.compile(r"(?P<host>[0-9a-f]{12})-(?P<process>[0-9]+)-[0-9a-f]{32}")

# Spark reads these as patterns and would quietly find other files, or none (local ones it gets as engine_path gives).
_GLOB_CHARACTERS = frozenset("*?[]{}")

_FORMAT: dict[str, Any] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": True}
_encode = json.JSONEncoder(**_FORMAT, allow_nan=False).encode
_encode_leniently = json.JSONEncoder(**_FORMAT, allow_nan=True).encode


@dataclass(frozen=True)
class Staged:
    """What :func:`stage` wrote: the files, in order, and the number of records in them."""

    paths: tuple[str, ...]
    records: int


class RecordWriter:
    """Turns a record into its canonical JSON line: sorted keys, ASCII, no blocked field at any depth."""

    def __init__(self, blocked_fields: Collection[str]) -> None:
        blocked = frozenset(name.casefold() for name in blocked_fields)

        @lru_cache(maxsize=_KNOWN_NAMES)  # bounded: names come from the source
        def is_blocked(name: object) -> bool:
            return str(name).casefold() in blocked

        self._is_blocked = is_blocked

    def line(self, record: object) -> str:
        """Return the JSON text of ``record``.

        What is not a JSON object, or holds a number that JSON does not have (NaN, Infinity), becomes
        ``{"_malformed": "<its text>"}``; blocked fields are dropped before that, too.
        """
        kept = self._without_blocked(record)
        if not isinstance(kept, dict):
            return _encode({MALFORMED: _encode_leniently(kept)})
        try:
            return _encode(kept)
        except ValueError:
            return _encode({MALFORMED: _encode_leniently(kept)})

    def _without_blocked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: self._without_blocked(item) if isinstance(item, dict | list) else item
                for name, item in value.items()
                if not self._is_blocked(name)
            }
        if isinstance(value, list):
            return [self._without_blocked(item) if isinstance(item, dict | list) else item for item in value]
        return value


def stage(
    records: Iterable[object],
    folder: str,
    *,
    blocked_fields: Collection[str],
    rows_per_file: int = ROWS_PER_FILE,
    storage_options: Mapping[str, Any] | None = None,
) -> Staged:
    """Write ``records`` as JSON lines into ``<folder>/part-00000.jsonl`` and so on; all of them, or nothing.

    Args:
        records: any JSON values, read once; about 1,000 are in memory at a time.
        folder: local path or fsspec URL; made if it is not there. No records, no files.
        blocked_fields: names dropped at any depth, in whatever letter case.
        rows_per_file: records in one file.
        storage_options: fsspec options of the folder's file system.

    Raises:
        SourceError: a path that Spark would take for a pattern, or a record nested too deeply.
        Exception: whatever ``records`` raises; what was written is removed first.
    """
    place = StagingFolder(folder, storage_options)
    writer = RecordWriter(blocked_fields)
    paths: list[str] = []
    count = 0
    try:
        pending = iter(records)
        for first in pending:
            paths.append(place.path(f"part-{len(paths):05d}.jsonl"))
            part = chain([first], islice(pending, rows_per_file - 1))
            count += _write_part(part, paths[-1], place, writer, already=count)
    except BaseException:
        place.remove(paths)
        raise
    return Staged(tuple(paths), count)


def _write_part(
    records: Iterator[object], path: str, place: StagingFolder, writer: RecordWriter, *, already: int
) -> int:
    count = 0
    with place.open_for_writing(path) as file:
        while chunk := list(islice(records, _ROWS_PER_WRITE)):
            try:
                lines = [writer.line(record) for record in chunk]
            except RecursionError:
                raise SourceError(
                    f"One of the records {already + count + 1} to {already + count + len(chunk)} is nested "
                    "too deeply to be read. Nothing was staged."
                ) from None
            file.write(("\n".join(lines) + "\n").encode("ascii"))
            count += len(chunk)
    return count


class StagingFolder:
    """One folder for staged files, local or on any file system that fsspec knows."""

    def __init__(self, folder: str, storage_options: Mapping[str, Any] | None = None) -> None:
        self._fs, stripped = fsspec.url_to_fs(folder, **(storage_options or {}))
        # Spark gets absolute local paths; other URLs stay as they were given (fsspec renames abfss to abfs).
        self._folder = stripped if isinstance(self._fs, LocalFileSystem) else folder.rstrip("/")
        found = sorted(_GLOB_CHARACTERS.intersection(self._folder))
        if found and not isinstance(self._fs, LocalFileSystem):
            raise SourceError(
                f"The staging folder {self._folder} holds {' '.join(found)}, which Spark reads as a pattern. "
                "Choose a path without any of: * ? [ ] { }"
            )
        self._fs.makedirs(self._folder, exist_ok=True)

    def path(self, name: str) -> str:
        """Full path of the file ``name`` in this folder, as Spark can read it."""
        return f"{self._folder}/{name}"

    def open_for_writing(self, path: str) -> Any:
        """Binary file to write."""
        return self._fs.open(path, "wb")

    def remove(self, paths: Iterable[str]) -> None:
        """Remove these files, and the folder if it is empty then. Never raises: an error is on its way."""
        for path in paths:
            with suppress(Exception):
                self._fs.rm(path)
        with suppress(Exception):
            if not self._fs.ls(self._folder):
                self._fs.rmdir(self._folder)


def remove_folder(folder: str, storage_options: Mapping[str, Any] | None = None) -> None:
    """Remove a staging folder with all in it; one that is gone already is fine."""
    fs, path = fsspec.url_to_fs(folder, **(storage_options or {}))
    with suppress(FileNotFoundError):
        fs.rm(path, recursive=True)


def new_folder(staging: str) -> str:
    """A name for a folder below ``staging`` that tells whose it is: ``<host>-<process>-<unique>``."""
    return f"{staging.rstrip('/')}/{_this_host()}-{os.getpid()}-{uuid.uuid4().hex}"


def remove_abandoned(staging: str, storage_options: Mapping[str, Any] | None = None) -> None:
    """Remove what killed runs left below ``staging``: folders of processes of this machine that are gone.

    Folders of other machines stay: whether their run goes on cannot be seen from here.
    """
    fs, path = fsspec.url_to_fs(staging, **(storage_options or {}))
    with suppress(FileNotFoundError):
        for entry in fs.ls(path, detail=False):
            found = _OWNER.fullmatch(entry.rstrip("/").rpartition("/")[2])
            if found and found["host"] == _this_host() and not _is_running(int(found["process"])):
                with suppress(FileNotFoundError):  # another run cleans up, too
                    fs.rm(entry, recursive=True)


def _this_host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:12]


def _is_running(process: int) -> bool:
    if os.name == "nt":  # where asking would end it: signal 0 is CTRL_C_EVENT
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


class Leftovers:
    """Folders that this process staged and has not removed; what is left at its end is removed then."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._folders: dict[str, Mapping[str, Any]] = {}

    def add(self, folder: str, storage_options: Mapping[str, Any]) -> None:
        """Remember ``folder`` until :meth:`discard`."""
        self._folders[folder] = storage_options

    def discard(self, folder: str) -> None:
        """Forget ``folder``: it is removed."""
        self._folders.pop(folder, None)

    def remove_all(self) -> None:
        """Remove what is left, as far as it goes; nothing in a forked child: its parent needs the files."""
        if os.getpid() != self._process:
            return
        for folder, options in list(self._folders.items()):
            with suppress(Exception):
                remove_folder(folder, options)
            self.discard(folder)
