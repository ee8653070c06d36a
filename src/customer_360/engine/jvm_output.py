"""What a JVM prints while it starts: ninety lines of its package manager, which hide what a run says."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STANDARD_ERROR = 2
_TO_BE_EXPECTED = re.compile(
    rb"\s+(?:found \S+#|confs: |:: |---|\||\[|\S+#\S+;|\d+ artifacts copied)"
    rb"|:: |Ivy Default Cache|The jars for the packages|\S+#\S+ added as a dependency|downloading https?://"
    rb"|WARNING: Using incubator modules|Using Spark's default log4j|Setting default log level|To adjust logging level"
    rb"|\S+ \S+ WARN (?:Utils|NativeCodeLoader): "
)


@contextmanager
def without_start_noise() -> Iterator[None]:
    """Start a JVM inside: of what it prints on standard error, here and later, lines to be expected are left out.

    All of them are shown if the start fails.
    """
    try:
        own = os.dup(_STANDARD_ERROR)
    except OSError:  # standard error is closed
        yield
        return
    reading, writing = os.pipe()
    os.dup2(writing, _STANDARD_ERROR)
    os.close(writing)
    held: list[bytes] = []
    threading.Thread(target=_pass_on, args=(reading, own, held), name="jvm-output", daemon=True).start()
    try:
        yield
    except BaseException:
        os.dup2(own, _STANDARD_ERROR)
        _write(own, b"".join(held))
        raise
    os.dup2(own, _STANDARD_ERROR)  # the JVM keeps the pipe


def _pass_on(reading: int, own: int, held: list[bytes]) -> None:
    """Read until the JVM is gone: one that cannot print would stand still."""
    with os.fdopen(reading, "rb") as lines:
        for line in lines:
            if _TO_BE_EXPECTED.match(line):
                held.append(line)
            else:
                _write(own, line)


def _write(number: int, content: bytes) -> None:
    with suppress(OSError):
        os.write(number, content)
