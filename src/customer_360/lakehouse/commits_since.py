"""What was committed to a table since a version of it that somebody remembers.

A version number alone does not tell: a table that was begun anew, or restored from a backup, counts up again. So a
version is remembered with a digest of its commit, which no other table and no other history has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customer_360.lakehouse.delta_log import TableFolder


@dataclass(frozen=True)
class CommitsSince:
    """What followed a version of a table.

    Attributes:
        actions: of the commits after it, each with the version that it belongs to, in order.
        lost: why nobody can tell, in words; blank where these are all.
    """

    actions: Sequence[tuple[int, Mapping[str, Any]]] = ()
    lost: str = ""


def commit_digest(folder: TableFolder, version: int) -> str | None:
    """SHA-256 of a commit in hexadecimal digits; None where its commit is not there (any more)."""
    content = folder.commit_of(version)
    return None if content is None else hashlib.sha256(content).hexdigest()


def commits_since(folder: TableFolder, version: int, digest: str) -> CommitsSince:
    """What was committed after a version.

    Args:
        folder: the table as it is now.
        version: its number.
        digest: of its commit, all of it or its first digits; blank: its commit was gone already.

    Raises:
        DamagedTableError: a commit is cut, or no JSON.
    """
    last = folder.last_version
    if last is None:
        return CommitsSince(lost="there is no table any more")
    if last < version:
        return CommitsSince(
            lost=f"it is at version {last} and was at {version}: it was restored or begun anew"
        )
    if not digest or not set(range(version, last + 1)) <= set(folder.commits):
        return CommitsSince(lost=f"its log no longer reaches back to version {version}")
    if not (commit_digest(folder, version) or "").startswith(digest):
        return CommitsSince(lost="it is another table than before: it was restored or begun anew")
    later = range(version + 1, last + 1)
    return CommitsSince([(number, action) for number in later for action in folder.actions_of(number)])
