"""What went wrong with OneLake, as Python's own kinds of errors: nobody above has to read a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from customer_360.onelake.java_failures import java_failure
from customer_360.onelake.object_store_text import failure_said
from customer_360.onelake.status import Failure

_CLOUD = ("abfss://", "abfs://")


class StorageError(OSError):
    """OneLake did not do what was asked.

    Attributes:
        failure: how it failed.
    """

    failure: Failure


class RefusedError(StorageError, PermissionError):
    """OneLake refuses this sign-in."""

    failure = Failure.REFUSED


class UnreachableError(StorageError, ConnectionError):
    """OneLake did not answer, or not with what was asked, for longer than retries last."""

    failure = Failure.UNREACHABLE


def storage_error(url: str, failure: Failure | None, said: str) -> OSError:
    """The error to raise.

    Args:
        url: what was asked for.
        failure: how it failed; None: otherwise than we know.
        said: the message that came, shown in part.
    """
    if failure is Failure.ABSENT:
        return FileNotFoundError(url)
    if failure is Failure.REFUSED:
        return RefusedError(f"{url}: OneLake refuses this sign-in.")
    short = f"{url}: {' '.join(said.split())[:400]}"
    return UnreachableError(short) if failure is Failure.UNREACHABLE else OSError(short)


@contextmanager
def errors_typed(url: str) -> Iterator[None]:
    """Around what deltalake or a JVM does with a place: raise what it meant.

    Args:
        url: of the place; errors of local ones stay as they are.

    Raises:
        StorageError: OneLake refuses the sign-in, or does not answer.
    """
    try:
        yield
    except Exception as error:
        known = url.startswith(_CLOUD) and not isinstance(error, StorageError)
        failure = (java_failure(error) or failure_said(str(error))) if known else None
        if failure not in (Failure.REFUSED, Failure.UNREACHABLE):
            raise
        raise storage_error(url, failure, str(error)) from error
