"""Standard output and error that never end a command: whatever their encoding, closed, or on a full disk.

What a command prints is for people; its work is in files. So a sign that the console cannot show is written in
another way, and a console that is gone is written to in silence. A command whose result *is* what it prints uses
:func:`print_result`.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

import click

_ERRORS = "customer_360.shown"
_STANDARD = {"stdout": 1, "stderr": 2}
_lost: dict[str, int | None] = {}


class _ForgivingFile(io.FileIO):
    """A standard stream's file: from the first failed write on, everything written to it is dropped."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__(number, "w", closefd=False)
        self._stream = name

    def write(self, content: object, /) -> int:
        size = memoryview(content).nbytes  # type: ignore[arg-type]
        if self._stream in _lost:
            return size
        try:
            return super().write(content)  # type: ignore[arg-type]
        except OSError as error:
            _lost[self._stream] = error.errno
            return size


def protect_console() -> None:
    """Make this process's standard output and error safe to print to; to be called first by every command.

    Streams that somebody put in place of the process's own (tests, notebooks) are left as they are.
    """
    codecs.register_error(_ERRORS, _shown)
    for name, number in _STANDARD.items():
        stream = getattr(sys, name)
        if stream is None:
            # or the next file that is opened, perhaps a table's, would get the number that native code prints to
            with suppress(OSError):
                os.fstat(number)
                continue
            with suppress(OSError):
                os.open(os.devnull, os.O_WRONLY)
        elif stream is getattr(sys, f"__{name}__") and isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _protected(stream, name, number))


def print_result(lines: Iterable[str]) -> None:
    """Print what a command was called for; ends it with status 1 where that was lost, as on a full disk.

    Not where a reader had enough (``| head -1``).
    """
    print_text(("\n".join(lines), "\n"))


def print_text(parts: Iterable[str]) -> None:
    """:func:`print_result` of a text in parts, which may be long."""
    for part in parts:
        if sys.stdout is None or "stdout" in _lost:
            break
        print(part, end="")
    if sys.stdout is not None:
        sys.stdout.flush()
    failure = _lost.get("stdout")
    if failure not in (None, errno.EPIPE, errno.EINVAL):  # EINVAL: a closed pipe on Windows
        say(f"The result could not be printed: {os.strerror(failure or 0)}.", colour="red", error=True)
        sys.exit(1)


def can_show(text: str, encoding: str) -> bool:
    """Whether a console of this encoding has all characters of the text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say(text: str, *, colour: str | None = None, error: bool = False) -> None:
    """Print a text, in colour only where a terminal shows colours.

    Not ``click.echo``: it prints UTF-8 where the console has only ASCII.
    """
    stream = sys.stderr if error else sys.stdout
    if stream is None:
        return
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb" or not stream.isatty()
    print(text if plain or colour is None else click.style(text, fg=colour), file=stream)


def _protected(stream: io.TextIOWrapper, name: str, number: int) -> TextIO:
    with suppress(OSError, ValueError):
        stream.flush()
    raw = getattr(stream.buffer, "raw", stream.buffer)  # itself, if Python was told not to buffer
    if type(raw) is not io.FileIO or raw.fileno() != number:  # a Windows console, or protected already
        stream.reconfigure(errors=_ERRORS)
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_ForgivingFile(number, name)),
        encoding=stream.encoding,
        errors=_ERRORS,
        line_buffering=True,  # also into a file or pipe: progress is for those who wait
    )


def _shown(error: UnicodeError) -> tuple[str | bytes, int]:
    r"""Bytes of a name that the locale could not read go out as they came in; other characters as ``\u2713``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    found = b"".join(
        bytes([ord(c) - 0xDC00]) if "\udc80" <= c <= "\udcff" else c.encode("ascii", "backslashreplace")
        for c in text
    )
    return found, error.end
