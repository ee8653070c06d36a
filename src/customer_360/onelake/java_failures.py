"""How JVM Spark's storage driver (hadoop-azure) failed, by Java's classes and the status that they carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from customer_360.onelake.status import Failure, failure_of_status

_AZURE = "org.apache.hadoop.fs.azurebfs"
_ANSWER = f"{_AZURE}.contracts.exceptions.AbfsRestOperationException"
_SIGN_IN = f"{_AZURE}.oauth2.AzureADAuthenticator$HttpException"
_ABSENT = "java.io.FileNotFoundException"
_NO_ANSWER = -1  # the status where none came: no network, no such host
_REQUEST_ERRORS = range(400, 500)
_DEPTH = 30  # of causes, and of classes


def java_failure(error: BaseException) -> Failure | None:
    """What an error that comes from a JVM says about storage.

    Args:
        error: PySpark's (``CapturedException``), py4j's (``Py4JJavaError``), or any other.

    Returns:
        None where it does not come from a JVM, or has another reason than Azure's storage.
    """
    unanswered = None
    for throwable in _causes(_thrown(error)):
        names = set(_class_names(throwable))
        if _SIGN_IN in names:
            refused = int(throwable.getHttpErrorCode()) in _REQUEST_ERRORS
            return Failure.REFUSED if refused else Failure.UNREACHABLE
        if _ANSWER in names:
            status = int(throwable.getStatusCode())
            if status != _NO_ANSWER:
                return failure_of_status(status)
            unanswered = Failure.UNREACHABLE  # or the sign-in below it was refused
        elif _ABSENT in names:
            return Failure.ABSENT
    return unanswered


def comes_from_java(error: BaseException) -> bool:
    """Whether this is what Python made of an exception of a JVM."""
    return _thrown(error) is not None


def _thrown(error: BaseException) -> Any:
    """The exception of Java, where PySpark or py4j keep it."""
    found = getattr(error, "_origin", None)
    return getattr(error, "java_exception", None) if found is None else found


def _causes(throwable: Any) -> Iterator[Any]:
    """The exception and what it comes from, of Java."""
    for _ in range(_DEPTH):
        if throwable is None:
            return
        yield throwable
        throwable = throwable.getCause()


def _class_names(throwable: Any) -> Iterator[str]:
    """Names of the class and those that it stands on."""
    kind = throwable.getClass()
    for _ in range(_DEPTH):
        if kind is None:
            return
        yield str(kind.getName())
        kind = kind.getSuperclass()
