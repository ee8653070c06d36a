"""What an answer of OneLake means, by its HTTP status."""

from __future__ import annotations

from enum import Enum, auto


class Failure(Enum):
    """How storage failed, as far as people can do something about it."""

    REFUSED = auto()
    UNREACHABLE = auto()
    ABSENT = auto()


_REFUSED = (401, 403)
_ABSENT = 404
_TRY_LATER = (408, 429)
_SERVER_ERRORS = 500


def failure_of_status(status: int) -> Failure | None:
    """The failure that a status says; None for one that says something else (a conflict, a wrong request)."""
    if status in _REFUSED:
        return Failure.REFUSED
    if status == _ABSENT:
        return Failure.ABSENT
    return Failure.UNREACHABLE if status in _TRY_LATER or status >= _SERVER_ERRORS else None
