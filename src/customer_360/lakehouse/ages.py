"""How long ago a file was changed, by what its store says."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

ABANDONED_SECONDS = 7 * 86_400.0
"""Age after which what another machine left counts as nobody's: no run, and no session in Fabric, lasts that long."""

_TIMES = (
    "mtime",
    "last_modified",
    "LastModified",
    "modified",
    "updated",
    "created",
)  # as file systems name them
_MILLISECONDS = 1e11  # as seconds that is the year 5138: notebookutils counts in thousandths


def age_of(entry: Mapping[str, Any]) -> float | None:
    """Seconds since a file was changed; None where its store does not say.

    Two clocks are compared, this machine's and the store's: good for ages of hours, not of seconds.

    Args:
        entry: of a listing of fsspec, with details.
    """
    for name in _TIMES:
        found = entry.get(name)
        if isinstance(found, datetime):
            return time.time() - found.timestamp()
        if isinstance(found, int | float):
            return time.time() - (found / 1000 if found > _MILLISECONDS else found)
    return None


def is_abandoned(entry: Mapping[str, Any]) -> bool:
    """Whether a file was last changed longer ago than :data:`ABANDONED_SECONDS`."""
    age = age_of(entry)
    return age is not None and age > ABANDONED_SECONDS
