"""Staging: a stream of records becomes JSON-lines files, without the fields that must never be stored."""

from __future__ import annotations

import os
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
from customer_360.lakehouse import Owner, is_abandoned

ROWS_PER_FILE = 50_000
_ROWS_PER_WRITE = 1_000
_FOREIGN_TEXTS = 3
_OWNER = re.compile(r"(?P<machine>[0-9a-f]{12}|[0-9a-f]{16})-(?P<process>[0-9]{1,9})-[0-9a-f]{32}")

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
    """A name for a folder below ``staging`` that tells whose it is: ``<machine>-<process>-<unique>``."""
    owner = Owner.this()
    return f"{staging.rstrip('/')}/{owner.machine}-{owner.process}-{uuid.uuid4().hex}"


def remove_abandoned(staging: str, storage_options: Mapping[str, Any] | None = None) -> None:
    """Remove what killed runs left below ``staging``.

    Whether a process of this machine is gone can be seen. A folder of another machine goes when nothing in it has
    changed for :data:`~customer_360.lakehouse.ABANDONED_SECONDS`: somebody who loads a source without a run holds no
    lease, and the run on the other machine may go on. (A run removes all of them when it begins, by its lease.)
    """
    fs, path = fsspec.url_to_fs(staging, **(storage_options or {}))
    fs.invalidate_cache()
    with suppress(FileNotFoundError):
        for entry in fs.ls(path, detail=True):
            name = str(entry["name"]).rstrip("/")
            found = _OWNER.fullmatch(name.rpartition("/")[2])
            if found and _is_left(fs, entry, Owner.of_process(found["machine"], int(found["process"]))):
                with suppress(FileNotFoundError):  # another run cleans up, too
                    fs.rm(name, recursive=True)


def _is_left(fs: Any, folder: Mapping[str, Any], owner: Owner) -> bool:
    if owner.is_gone():
        return True
    if owner.machine == Owner.this().machine and os.name != "nt":  # Windows does not say who is gone
        return False
    files = fs.find(folder["name"], detail=True)
    return all(map(is_abandoned, files.values())) if files else is_abandoned(folder)


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
