"""Staging: a stream of records becomes JSON-lines files, without the fields that must never be stored."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem
from kedro.io.core import DatasetError

from customer_360.datasets.errors import SourceError
from customer_360.datasets.record_writer import RecordWriter

ROWS_PER_FILE = 50_000
_ROWS_PER_WRITE = 1_000
_FOREIGN_TEXTS = 3
_OWNER = re.compile(r"(?P<host>[0-9a-f]{12})-(?P<process>[0-9]+)-[0-9a-f]{32}")

# Spark reads these as patterns and would quietly find other files, or none (local ones it gets as engine_path gives).
_GLOB_CHARACTERS = frozenset("*?[]{}")


@dataclass(frozen=True)
class Staged:
    """What :func:`stage` wrote.

    Attributes:
        paths: the files, in order.
        records: number of records in them.
        marked: records among them with a value that could not be kept as it came.
        faults: what was wrong with such values -> number of values.
    """

    paths: tuple[str, ...]
    records: int
    marked: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)


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
        SourceError: a path that Spark would take for a pattern, or texts in another encoding than UTF-8.
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
            count += _write_part(part, paths[-1], place, writer)
        _check_encoding(writer)
    except BaseException:
        place.remove(paths)
        raise
    return Staged(tuple(paths), count, writer.marked, dict(writer.found))


def _check_encoding(writer: RecordWriter) -> None:
    """Some texts with foreign bytes are bad values; where they are the rule, the whole source is in another code."""
    if writer.foreign_texts >= _FOREIGN_TEXTS and writer.foreign_texts > writer.other_texts:
        raise SourceError(
            f"{writer.foreign_texts:,} texts hold bytes that are not UTF-8 and only {writer.other_texts:,} hold "
            "letters beyond ASCII that are: it seems to be in another encoding, often Windows-1252. Set "
            "`encoding: windows-1252` for this source, or deliver it in UTF-8. Nothing was staged."
        )


def _write_part(records: Iterator[object], path: str, place: StagingFolder, writer: RecordWriter) -> int:
    count = 0
    with place.open_for_writing(path) as file:
        while chunk := list(islice(records, _ROWS_PER_WRITE)):
            lines = [writer.line(record) for record in chunk]
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


def staging_place(staging: str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A folder and its fsspec options, out of what a catalog says.

    Raises:
        DatasetError: neither a path nor ``{path: ..., storage_options: {...}}``.
    """
    if isinstance(staging, str):
        staging = {"path": staging}
    if unknown := set(staging) - {"path", "storage_options"}:
        raise DatasetError(
            f"staging has unknown keys: {', '.join(sorted(unknown))}. Allowed: path, storage_options."
        )
    path = staging.get("path")
    if not isinstance(path, str) or not path.strip():
        raise DatasetError("staging must name a folder: a path, or {path: ..., storage_options: {...}}.")
    return path, dict(staging.get("storage_options") or {})
