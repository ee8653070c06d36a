"""What is really in a table's folder, found by looking at its Delta log and without an engine.

An engine says "there is no table" for a folder that never was one, for one whose log was lost and for one whose
first commit is cut: a first day and a loss look the same to it. Here they do not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, Literal

import fsspec

from customer_360.lakehouse.data_files import DataFile, apply_action

LogFound = Literal["nothing", "files", "log"]

LOG_FOLDER = "_delta_log"
_COMMIT = re.compile(r"(\d{20})\.json")
_CHECKSUM = re.compile(r"(\d{20})\.crc")
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet")
_LAST_CHECKPOINT = "_last_checkpoint"


class DamagedTableError(Exception):
    """The log or a data file of a table is not whole: what was committed cannot be read."""

    def __init__(self, folder: str, problem: str) -> None:
        super().__init__(f"The table at {folder} is damaged: {problem}")
        self.folder, self.problem = folder, problem


@dataclass(frozen=True)
class TableFolder:
    """A table's folder at one moment.

    Attributes:
        url: the folder, local or ``abfss://``.
        data: sizes of the files beside the log, by name.
        log: sizes of the files in the log, by name.
    """

    url: str
    data: Mapping[str, int] = field(default_factory=dict)
    log: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def look(cls, url: str) -> TableFolder:
        """List the folder and its log. Anything but "not there" is raised, never taken for it."""
        url = url.rstrip("/")
        return cls(url, data=_sizes(url), log=_sizes(f"{url}/{LOG_FOLDER}"))

    @cached_property
    def commits(self) -> list[int]:
        """Versions whose commit is there, in order."""
        return sorted(int(found[1]) for name in self.log if (found := _COMMIT.fullmatch(name)))

    @cached_property
    def checkpoints(self) -> dict[int, list[str]]:
        """Names of the files of each complete checkpoint, by version."""
        parts: dict[tuple[int, int], list[str]] = {}
        for name in sorted(self.log):
            if found := _CHECKPOINT.fullmatch(name):
                parts.setdefault((int(found[1]), int(found[3] or 1)), []).append(name)
        return {version: names for (version, count), names in parts.items() if len(names) == count}

    @property
    def found(self) -> LogFound:
        """``log``: something was committed. ``files``: there are data files, but no commit. ``nothing``: neither."""
        if self.commits or self.checkpoints or _LAST_CHECKPOINT in self.log:
            return "log"
        return "files" if any(name.endswith(".parquet") for name in self.data) else "nothing"

    @property
    def last_version(self) -> int | None:
        """The last version; None where nothing was committed."""
        return max([*self.commits, *self.checkpoints], default=None)

    def check_log(self) -> None:
        """Check by names and sizes that every commit is there that a reader needs.

        Raises:
            DamagedTableError: a commit or checkpoint is missing or empty.
        """
        if empty := [v for v in self.commits if v > self._base and not self.log[_commit_name(v)]]:
            raise self._damaged(f"commit {LOG_FOLDER}/{_commit_name(empty[0])} is empty")
        last = self.last_version
        if last is None:
            if self.found == "log":
                raise self._damaged(
                    f"its log holds {LOG_FOLDER}/{_LAST_CHECKPOINT}, but no commit and no checkpoint"
                )
            return
        missing = sorted(set(range(self._base + 1, last + 1)) - set(self.commits))
        if missing:
            raise self._damaged(f"commit {LOG_FOLDER}/{_commit_name(missing[0])} is missing")
        # Engines write a commit's checksum after the commit: one that stands alone was left by what was removed.
        alone = [int(found[1]) for name in self.log if (found := _CHECKSUM.fullmatch(name))]
        if alone and max(alone) > last:
            raise self._damaged(
                f"commit {LOG_FOLDER}/{_commit_name(max(alone))} is missing, its checksum is there"
            )

    def files(self) -> dict[str, DataFile]:
        """Data files of the last version, by their path in the table.

        Raises:
            DamagedTableError: a commit or checkpoint is missing, empty, cut, or no JSON.
        """
        self.check_log()
        self._check_last_checkpoint()
        found = self._checkpointed() if self._base >= 0 else {}
        for version in (v for v in self.commits if v > self._base):
            for action in self.actions_of(version):
                apply_action(found, action)
        return found

    def check_files(self, files: Mapping[str, DataFile]) -> None:
        """Check that the data files are there, with the sizes that the log says.

        Raises:
            DamagedTableError: one is missing or has another size.
        """
        here = dict(self.data)
        for path, file in files.items():
            if "://" in path or path.startswith("/"):
                continue  # of another table (a clone)
            folder, _, _name = path.rpartition("/")
            if folder and not any(known.startswith(f"{folder}/") for known in here):
                here |= {f"{folder}/{one}": size for one, size in _sizes(f"{self.url}/{folder}").items()}
            if path not in here:
                raise self._damaged(f"data file {path} is missing")
            if here[path] != file.size:
                raise self._damaged(
                    f"data file {path} has {here[path]:,} bytes, and {file.size:,} were written"
                )

    def commit_of(self, version: int) -> bytes | None:
        """What was committed as this version; None where its commit is not there (any more)."""
        return self._read(_commit_name(version)) if version in self.commits else None

    # ---------------------------------------------------------------------------------------------------- parts
    @cached_property
    def _base(self) -> int:
        """Version of the newest complete checkpoint, -1 without one."""
        return max(self.checkpoints, default=-1)

    def _check_last_checkpoint(self) -> None:
        """JVM readers begin where this file says."""
        if _LAST_CHECKPOINT not in self.log:
            return
        try:
            named = int(json.loads(self._read(_LAST_CHECKPOINT))["version"])
        except (ValueError, KeyError, TypeError):
            raise self._damaged(f"{LOG_FOLDER}/{_LAST_CHECKPOINT} cannot be read") from None
        if named not in self.checkpoints:
            raise self._damaged(
                f"the checkpoint of version {named} is missing, and {LOG_FOLDER}/{_LAST_CHECKPOINT} names it"
            )

    def _checkpointed(self) -> dict[str, DataFile]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        found: dict[str, DataFile] = {}
        for name in self.checkpoints[self._base]:
            try:
                rows = pq.read_table(BytesIO(self._read(name)), columns=["add"]).column("add").to_pylist()
            except (pa.ArrowException, OSError, KeyError):
                raise self._damaged(f"checkpoint {LOG_FOLDER}/{name} cannot be read") from None
            for row in rows:
                if row is not None:
                    apply_action(found, {"add": row})
        return found

    def actions_of(self, version: int) -> list[dict[str, Any]]:
        """The actions of a commit that is there. Raises DamagedTableError: it is cut, or no JSON.

        Removals come first: a file whose deletion vector changes is removed and added in one commit, in any order.
        """
        name = _commit_name(version)
        try:
            lines = self._read(name).decode("utf-8").splitlines()
            actions = [json.loads(line) for line in lines if line.strip()]
        except ValueError:
            raise self._damaged(f"commit {LOG_FOLDER}/{name} is cut short or not JSON") from None
        if not actions or not all(isinstance(action, dict) for action in actions):
            raise self._damaged(f"commit {LOG_FOLDER}/{name} is cut short or not JSON")
        return sorted(actions, key=lambda action: "add" in action)

    def _read(self, name: str) -> bytes:
        system, path = fsspec.core.url_to_fs(self.url)
        content: bytes = system.cat_file(f"{path}/{LOG_FOLDER}/{name}")
        return content

    def _damaged(self, problem: str) -> DamagedTableError:
        return DamagedTableError(self.url.removeprefix("file://"), problem)


def last_version(url: str) -> int | None:
    """The last version of the table in a folder; None where nothing was ever committed there.

    Raises:
        DamagedTableError: a commit is missing or empty.
    """
    folder = TableFolder.look(url)
    folder.check_log()
    return folder.last_version


def _commit_name(version: int) -> str:
    return f"{version:020d}.json"


def _sizes(folder: str) -> dict[str, int]:
    """Sizes of the files directly in a folder, by name; none where there is no such folder."""
    system, path = fsspec.core.url_to_fs(folder)
    system.invalidate_cache()
    try:
        entries = system.ls(path, detail=True)
    except FileNotFoundError:
        return {}
    return {
        entry["name"].rstrip("/").rsplit("/", 1)[-1]: int(entry["size"] or 0)
        for entry in entries
        if entry["type"] == "file"
    }
