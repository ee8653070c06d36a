"""A mark on a version of a Delta table, by which a later look tells whether rows were only added since.

A version number alone does not tell: a table that was begun anew, or restored from a backup, counts up again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import fsspec

from customer_360.lakehouse.delta_log import LOG, DamagedTableError, TableFolder


@dataclass(frozen=True)
class TableMark:
    """A version of a table.

    Attributes:
        version: its number.
        digest: of its commit, which no other table and no other history has; blank if its commit is gone (a
            checkpoint is left): such a mark is never found again.
    """

    version: int
    digest: str


@dataclass(frozen=True)
class AddedFile:
    """A data file that was added to a table.

    Attributes:
        path: in the table's folder.
        partition: values of the partition columns, as texts; none for a table without.
    """

    path: str
    partition: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Additions:
    """What happened to a table since a mark.

    Attributes:
        files: data files that are new, in the order of their adding; rows of older files that were only moved
            together (compacted) are among them.
        hindrance: why these are not all that changed, in words; blank if they are.
        reshaped: version in which its columns or settings changed, if one did.
    """

    files: tuple[AddedFile, ...] = ()
    hindrance: str = ""
    reshaped: int | None = None


@dataclass
class _Walk:
    files: dict[str, AddedFile] = field(default_factory=dict)
    reshaped: int | None = None
    hindrance: str = ""

    def follow(self, version: int, action: Mapping[str, Any]) -> None:
        if "metaData" in action:
            self.reshaped = version
        if removed := action.get("remove"):
            if removed.get("dataChange", True):
                self.hindrance = f"rows were changed or deleted in its version {version}"
            self.files.pop(unquote(removed["path"]), None)
        if added := action.get("add"):
            if added.get("deletionVector"):
                self.hindrance = f"rows were marked as deleted in its version {version}"
            path = unquote(added["path"])
            values = tuple(sorted((added.get("partitionValues") or {}).items()))
            self.files[path] = AddedFile(path, values)


def mark_of(url: str) -> TableMark | None:
    """A mark on the last version of the table in a folder; None where nothing was ever committed there.

    Args:
        url: the folder, local or ``abfss://``.

    Raises:
        DamagedTableError: a commit is missing or empty.
    """
    folder = TableFolder.look(url)
    folder.check_log()
    version = folder.last_version
    return None if version is None else TableMark(version, _digest(folder, version))


def additions_since(url: str, mark: TableMark) -> Additions:
    """What was added to a table since a mark on it.

    Args:
        url: the folder, local or ``abfss://``.
        mark: as :func:`mark_of` gave it then.

    Raises:
        DamagedTableError: a commit is missing, empty or no JSON.
    """
    folder = TableFolder.look(url)
    folder.check_log()
    last = folder.last_version
    if last is None:
        return Additions(hindrance="there is no table any more")
    if last < mark.version:
        return Additions(
            hindrance=f"it is at version {last} and was at {mark.version}: it was restored or begun anew"
        )
    if not mark.digest or mark.version not in folder.commits:
        return Additions(hindrance=f"its log no longer reaches back to version {mark.version}")
    if _digest(folder, mark.version) != mark.digest:
        return Additions(hindrance="it is another table than before: it was restored or begun anew")
    walk = _Walk()
    for version in range(mark.version + 1, last + 1):
        if version not in folder.commits:
            return Additions(hindrance=f"its log no longer reaches back to version {mark.version}")
        for action in _actions(folder, version):
            walk.follow(version, action)
    return Additions(tuple(walk.files.values()), walk.hindrance, walk.reshaped)


def _actions(folder: TableFolder, version: int) -> Iterator[dict[str, Any]]:
    """Removals first: a file may be removed and added again in one commit, in any order."""
    name = f"{version:020d}.json"
    try:
        actions = [json.loads(line) for line in _commit(folder, version).splitlines() if line.strip()]
    except ValueError:
        raise DamagedTableError(folder.url, f"commit {LOG}/{name} is cut short or not JSON") from None
    yield from sorted(actions, key=lambda action: "add" in action)


def _digest(folder: TableFolder, version: int) -> str:
    return hashlib.sha256(_commit(folder, version)).hexdigest() if version in folder.commits else ""


def _commit(folder: TableFolder, version: int) -> bytes:
    system, path = fsspec.core.url_to_fs(folder.url)
    content: bytes = system.cat_file(f"{path}/{LOG}/{version:020d}.json")
    return content
