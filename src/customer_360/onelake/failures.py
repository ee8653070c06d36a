"""What a failure of OneLake in the middle of a run means to the person who runs it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from urllib.parse import unquote

from customer_360.foundation import process_state
from customer_360.onelake.java_failures import java_failure
from customer_360.onelake.object_store_text import failure_said
from customer_360.onelake.status import Failure
from customer_360.onelake.storage_errors import StorageError

_STATE = "onelake"
_SAIL_ERRORS = "pyspark.errors.exceptions.connect"
_SAFE = (
    "Nothing is half written: each table changes in one commit or not at all, and the next run appends only what "
    "is missing."
)
# Only tells the reader where it was, and decides nothing.
_TABLE = re.compile(
    r"/(?:[\w.-]+\.Lakehouse|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/((?:Tables|Files)/\w+/[\w.]+)"
)


def use_onelake(used: bool) -> None:
    """Say whether the lakehouse that this process works on is in OneLake: an engine's errors do not."""
    process_state(_STATE)["used"] = used


def explain_failure(error: BaseException, *, others: tuple[type[BaseException], ...] = ()) -> str | None:
    """Say in a sentence what happened and what to do, if OneLake is the reason.

    It is told by types, status codes and Java classes. Texts are looked at only where the embedded engine gives
    nothing else (:mod:`~customer_360.onelake.object_store_text`).

    Args:
        error: what the run raised; its causes are looked at as well.
        others: errors about other systems: what an engine met below one of them was not the lakehouse.

    Returns:
        The message, or None when the error has another reason.
    """
    chain = list(_chain(error))
    elsewhere = False
    for one in chain:
        elsewhere = elsewhere or isinstance(one, others)
        failure = one.failure if isinstance(one, StorageError) else None if elsewhere else _of_engine(one)
        if failure in (Failure.REFUSED, Failure.UNREACHABLE):
            return _sentence(failure, "\n".join(str(one) for one in chain))
    return None


def _of_engine(error: BaseException) -> Failure | None:
    return java_failure(error) or _sail_failure(error)


def _sail_failure(error: BaseException) -> Failure | None:
    """Sail's errors have neither condition nor SQL state where storage failed."""
    module = sys.modules.get(_SAIL_ERRORS)
    if module is None or not isinstance(error, module.SparkConnectException):
        return None
    if not process_state(_STATE).get("used") or error.getCondition() is not None:
        return None
    return failure_said(str(error), alone=True)


def _sentence(failure: Failure | None, text: str) -> str:
    found = _TABLE.search(unquote(text))
    where = f" at {found[1]}" if found else ""
    if failure is Failure.REFUSED:
        return (
            f"OneLake refused the sign-in{where}: a token or secret has expired, or this identity lacks the role "
            f"Contributor in the workspace. Sign in again (az login, or a new token), then run again. {_SAFE}"
        )
    return (
        f"OneLake stopped answering{where}: the network or the service failed for longer than retries last. "
        f"Run again when it is back. {_SAFE}"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
