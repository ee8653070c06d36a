"""A mark on a version of a Delta table, by which a later look tells whether rows were only added since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from customer_360.lakehouse.commits_since import commit_digest, commits_since
from customer_360.lakehouse.data_files import is_rearrangement
from customer_360.lakehouse.delta_log import TableFolder


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
            if not is_rearrangement(action):
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
    return None if version is None else TableMark(version, commit_digest(folder, version) or "")


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
    since = commits_since(folder, mark.version, mark.digest)
    if since.lost:
        return Additions(hindrance=since.lost)
    walk = _Walk()
    for version, action in since.actions:
        walk.follow(version, action)
    return Additions(tuple(walk.files.values()), walk.hindrance, walk.reshaped)
