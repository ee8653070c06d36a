"""The one place where an error's text is read: that of the Rust crate ``object_store``.

Sail, deltalake and obstore all stand on that crate, and what it raises reaches Python as a text alone:

- Sail 0.7 raises ``SparkRuntimeException`` or ``QueryExecutionException`` without condition and SQL state; of an
  error with causes often only the innermost one is left ("Connection refused (os error 111)").
- deltalake 1.6 raises ``OSError`` without ``errno``, with the causes on lines of their own.
- obstore has types for what one file answers, but ``GenericError`` for listings, deletions and sign-ins.

So the form that the crate gives its messages is matched from the beginning of the text on. What a message repeats of
the outside (an address, a path, a body) is either percent-encoded without a blank, and passed over as such, or comes
after what decides. A name that holds ``500``, ``timeout`` or ``doesn't exist`` changes nothing. tests/onelake has a
table of messages that the three have really given.
"""

from __future__ import annotations

import errno
import os
import re

from customer_360.onelake.status import Failure, failure_of_status

# deltalake puts each cause on a line of its own, behind a coloured arrow.
_ARROW = re.compile(r"\n\s*(?:\x1b\[\d+m)?↳(?:\x1b\[\d+m)?\s*")
# What the three put before the crate's own message.
_BEFORE = re.compile(
    r"(?:Kernel error -> |Failed to write file: |Object Store error: |External error: |External: "
    r"|Parquet error: (?:Failed to fetch metadata for file \S+: )?)*"
)
_ANSWERED = r"Server returned non-2xx status code: (?P<status>[0-9]{3})\b"
_REQUEST = re.compile(
    r"(?:Generic MicrosoftAzure error: )?"
    r"(?:Error performing (?:list|bulk delete|(?P<sign_in>token)) request: )?"
    r"Error performing [A-Z]+ \S+ in [0-9.]+[a-zµ]+"
    r"(?:, after [0-9]+ retries, max_retries: [0-9]+, retry_timeout: [0-9.]+[a-zµ]+ )? - "
    rf"(?:{_ANSWERED}|HTTP error: )"
)
_NO_RIGHT = re.compile(
    r"The operation lacked (?:the necessary privileges to complete|valid authentication credentials) for path "
    r"|(?:Generic MicrosoftAzure error: )?'az account get-access-token' command failed: "
)
_ALONE = re.compile(_ANSWERED)
_ALONE_NO_ANSWER = re.compile(
    r"operation timed out|connection closed before message completed"
    r"|failed to lookup address information: [A-Za-z ]+|received corrupt message of type \w+"
)
_NETWORK = (
    errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH,
    errno.ENETDOWN, errno.EPIPE,
)  # fmt: skip
_ALONE_OS_ERRORS = frozenset(
    f"{os.strerror(number)} (os error {number})" for number in _NETWORK
)  # as Rust has it


def failure_said(text: str, *, alone: bool = False) -> Failure | None:
    """What a message of ``object_store`` says.

    Args:
        text: of an error of Sail, deltalake or obstore.
        alone: the innermost cause may stand alone, as Sail gives it. It names no storage then: only for an engine
            that is known to have worked on OneLake.

    Returns:
        None where the message has another form, or says something else (a conflict, a wrong request).
    """
    said = _BEFORE.sub("", _ARROW.sub(": ", text), count=1).strip()
    if _NO_RIGHT.match(said):
        return Failure.REFUSED
    if request := _REQUEST.match(said):
        return _of_request(request["status"], sign_in=request["sign_in"] is not None)
    return _of_cause(said) if alone else None


def _of_request(status: str | None, *, sign_in: bool) -> Failure | None:
    if status is None:
        return Failure.UNREACHABLE
    failure = failure_of_status(int(status))
    # Microsoft's sign-in answers 400 for a wrong secret or tenant
    return Failure.REFUSED if sign_in and failure is not Failure.UNREACHABLE else failure


def _of_cause(said: str) -> Failure | None:
    if answered := _ALONE.match(said):
        return failure_of_status(int(answered["status"]))
    no_answer = said in _ALONE_OS_ERRORS or _ALONE_NO_ANSWER.fullmatch(said)
    return Failure.UNREACHABLE if no_answer else None
