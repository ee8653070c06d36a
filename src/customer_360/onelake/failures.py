"""What a failure of OneLake in the middle of a run means to the person who runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# How object_store (Sail, deltalake, obstore) and hadoop-azure (JVM Spark) say that they were talking to Azure.
_STORAGE = ("microsoftazure", "onelake.", "azurebfs", "abfsrestoperation")
_REFUSED = (" 401", " 403", "unauthorized", "forbidden", "authenticationfailed", "authorization",
            "refuses this sign-in", "unauthenticated", "permission denied")  # fmt: skip
_UNREACHABLE = ("error sending request", "connection refused", "connection reset", "timed out", "timeout",
                "dns error", "connection closed", "unknownhost", "retries:", "http error", "503", "500")  # fmt: skip
_TABLE = re.compile(r"(?:Tables|Files)/[A-Za-z0-9_]+/[A-Za-z0-9_.]+")


def explain_failure(error: BaseException) -> str | None:
    """Say in a sentence what happened and what to do, if OneLake is the reason.

    Args:
        error: what the run raised; its causes are looked at as well.

    Returns:
        The message, or None when the error has another reason.
    """
    text = "\n".join(str(one) for one in _chain(error))
    folded = text.lower()
    if not any(word in folded for word in _STORAGE):
        return None
    found = _TABLE.search(text)
    where = f" at {found[0]}" if found else ""
    if any(word in folded for word in _REFUSED):
        return (
            f"OneLake refused the sign-in{where}: a token or secret has expired, or this identity lacks the role "
            f"Contributor in the workspace. Sign in again (az login, or a new token), then run again. {_SAFE}"
        )
    if any(word in folded for word in _UNREACHABLE):
        return (
            f"OneLake stopped answering{where}: the network or the service failed for longer than retries last. "
            f"Run again when it is back. {_SAFE}"
        )
    return None


_SAFE = (
    "Nothing is half written: each table changes in one commit or not at all, and the next run appends only what "
    "is missing."
)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
