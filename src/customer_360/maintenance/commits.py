"""What the commits of a table's log say: whether rows changed, when, and which entries nobody needs any more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from customer_360.lakehouse import TableFolder, is_rearrangement

Content = Literal["same", "rearranged", "changed"]
_ENTRY = re.compile(
    r"\.?(\d{20})\.(?:json|crc|checkpoint\..*parquet)(?:\.crc)?"
)  # Hadoop's checksums begin with a dot


def content_since(folder: TableFolder, version: int) -> Content:
    """What has happened to a table after a version.

    Args:
        folder: of the table.
        version: to compare its last version with.

    Returns:
        ``same``: the same data files. ``rearranged``: the same rows, in other files. ``changed``: other rows or
        columns, or nobody can tell any more.
    """
    last = folder.last_version
    if last is None or version > last:
        return "changed"
    found: Content = "same"
    for number in range(version + 1, last + 1):
        actions = folder.actions_of(number) if number in folder.commits else None
        if actions is None or not all(map(_changes_nothing, actions)):
            return "changed"
        if any("add" in action or "remove" in action for action in actions):
            found = "rearranged"
    return found


def commit_time(folder: TableFolder, version: int) -> datetime | None:
    """When a version was committed, by its writer's clock; None where its entry is gone or does not say."""
    for action in folder.actions_of(version) if version in folder.commits else []:
        info = action.get("commitInfo") or {}
        stamp = info.get("inCommitTimestamp", info.get("timestamp"))
        if isinstance(stamp, int):
            return datetime.fromtimestamp(stamp / 1000, UTC)
    return None


def expired_log_files(
    folder: TableFolder, *, needed: int, cutoff: datetime, committed: Callable[[int], datetime | None]
) -> list[str]:
    """Names of the log's files that Delta's own rule lets go.

    They are older than the newest checkpoint that was written before ``cutoff``: from this one on, every version can
    be read, and so can the one that was the last at that time.

    Args:
        folder: of the table.
        needed: a version that must stay readable, whatever the time.
        cutoff: entries from then on stay.
        committed: when a version was committed.
    """
    for checkpoint in sorted((one for one in folder.checkpoints if one <= needed), reverse=True):
        time = committed(checkpoint)
        if time is None or time <= cutoff:  # without its entry, it is older than one that was removed before
            return sorted(name for name in folder.log if _version(name) < checkpoint)
    return []


def is_readable(folder: TableFolder, version: int) -> bool:
    """Whether a version has all that a reader begins with: a checkpoint, and every commit after it."""
    last = folder.last_version
    base = max((one for one in folder.checkpoints if one <= version), default=-1)
    return last is not None and version <= last and set(range(base + 1, version + 1)) <= set(folder.commits)


def _version(name: str) -> int:
    """Of a file of the log; none of the other files counts as old."""
    found = _ENTRY.fullmatch(name)
    return int(found[1]) if found else 2**63


def _changes_nothing(action: dict[str, Any]) -> bool:
    return len(action) == 1 and ("commitInfo" in action or is_rearrangement(action))
