"""Ctrl-C and SIGTERM end a run at once: what it holds is given up, and the process is gone within two seconds.

Python would raise KeyboardInterrupt somewhere in the middle, and then wait for threads, an engine and its clients that
wait for one another. A run can be killed at any moment without harm, so an interrupt ends it like that, after saying
so and giving up what others would wait for. A thread of its own does this: the main thread may be anywhere.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

SECONDS_TO_CLEAN_UP = 1.4
SECONDS_TO_SPEAK = 0.4
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


_folders: set[Path] = set()


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A folder on this machine that ends with this block, also where the process is ended from outside."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    _folders.add(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _folders.discard(folder)


def remove_temporary_folders() -> None:
    """Remove those that are there now."""
    for folder in list(_folders):
        shutil.rmtree(folder, ignore_errors=True)


class Ending:
    """Ends this process, once."""

    def __init__(self, clean_up: Callable[[], None]) -> None:
        """Args: clean_up: gives up what the run holds; it has :data:`SECONDS_TO_CLEAN_UP`."""
        self._clean_up = clean_up
        self._once = threading.Lock()

    @property
    def has_begun(self) -> bool:
        """Whether somebody called it."""
        return self._once.locked()

    def __call__(self, message: str, code: int) -> None:
        """Say why, clean up, and end with this exit code. Does not return, except in a second caller."""
        if not self._once.acquire(blocking=False):
            return
        _at_most(SECONDS_TO_CLEAN_UP, self._prepare)
        _at_most(SECONDS_TO_SPEAK, lambda: _tell(message))
        os._exit(code)

    def _prepare(self) -> None:
        with suppress(Exception):
            self._clean_up()
        with suppress(Exception):
            sys.stdout.flush()


def _at_most(seconds: float, work: Callable[[], None]) -> None:
    """Do it, and leave it where it is when the time is over: a lakehouse or a terminal that hangs holds nobody."""
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)


def _tell(message: str) -> None:
    with suppress(Exception):
        sys.stderr.write(f"\n{message}\n")
        sys.stderr.flush()


@contextmanager
def ending_at_once(clean_up: Callable[[], None], message: str) -> Iterator[Ending]:
    """Within this, signals that ask a process to end do so at once. What is ignored stays ignored.

    Args:
        clean_up: gives up what the run holds.
        message: said when a signal ends the process; its exit code is 128 and the signal's number.
    """
    ending = Ending(clean_up)
    if threading.current_thread() is not threading.main_thread():  # only there can signals be listened to
        yield ending
        return
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    former = {number: _listen(number) for number in _numbers()}
    former_writer = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    numbers = {number for number, handler in former.items() if handler is not None}
    threading.Thread(
        target=_wait, args=(reader, numbers, ending, message), name="interrupts", daemon=True
    ).start()
    try:
        yield ending
    finally:
        # What the main thread failed with then is its work being taken away: it has nothing to say of it.
        if ending.has_begun:
            time.sleep(SECONDS_TO_CLEAN_UP + SECONDS_TO_SPEAK + 1)
        signal.set_wakeup_fd(former_writer)
        for number in numbers:
            signal.signal(number, former[number])
        writer.close()


@contextmanager
def interrupt_handler_kept() -> Iterator[None]:
    """Keep the handler of SIGINT that somebody set, where a library sets its own: PySpark's ends jobs and raises."""
    former = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if former not in (None, signal.SIG_DFL, signal.default_int_handler, signal.getsignal(signal.SIGINT)):
            signal.signal(signal.SIGINT, former)


def _wait(reader: socket.socket, numbers: set[int], ending: Ending, message: str) -> None:
    """The number of every signal arrives as a byte, whatever the main thread does."""
    with reader:
        while received := reader.recv(1):
            if received[0] in numbers:
                ending(message, 128 + received[0])


def _numbers() -> list[int]:
    return [int(getattr(signal, name)) for name in _SIGNALS if hasattr(signal, name)]


def _listen(number: int) -> Callable[[int, FrameType | None], object] | int | None:
    """Take a signal over from Python's own handling; None where somebody else handles or ignores it."""
    former = signal.getsignal(number)
    if former not in (signal.SIG_DFL, signal.default_int_handler):
        return None
    signal.signal(number, lambda *_: None)
    return former
