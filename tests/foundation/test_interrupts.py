"""Processes that are asked to end; what a whole run does then is in end_to_end/test_interrupted_run.py."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time

import pytest

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="where signals are sent to processes")


def interrupted(
    body: str, *signals: signal.Signals, clean_up: str = "print('cleaned up')", seconds: float = 30
) -> tuple[int, str, str, float]:
    """Runs ``body`` within `ending_at_once` and sends it signals as soon as it says that it is ready."""
    code = textwrap.dedent(
        """
        import threading, time
        from customer_360.foundation import interrupts
        from customer_360.foundation.interrupts import ending_at_once
        interrupts.SECONDS_TO_CLEAN_UP, interrupts.SECONDS_TO_SPEAK = {seconds}, 30
        def clean_up():
            {clean_up}
        with ending_at_once(clean_up, "Interrupted.") as end:
            print("ready", flush=True)
            {body}
        """
    ).format(body=body, clean_up=clean_up, seconds=seconds)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        for number in signals:
            process.send_signal(number)
        began = time.monotonic()
        output, errors = process.communicate(timeout=30)
        return process.returncode, output, errors, time.monotonic() - began


@POSIX
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ([signal.SIGINT], 130),
        ([signal.SIGTERM], 143),
        ([signal.SIGINT, signal.SIGINT, signal.SIGINT], 130),
    ],
)
def test_it_ends_in_the_middle_and_says_so_once(signals: list[signal.Signals], code: int) -> None:
    body = "try: time.sleep(60)\n    finally: print('this is too late')"
    assert interrupted(body, *signals)[:3] == (code, "cleaned up\n", "\nInterrupted.\n")


@POSIX
def test_a_thread_that_never_ends_does_not_hold_it() -> None:
    body = "threading.Thread(target=lambda: time.sleep(60)).start(); threading.Event().wait()"
    assert interrupted(body, signal.SIGINT)[0] == 130


@POSIX
def test_a_clean_up_that_hangs_or_fails_does_not_hold_it() -> None:
    code, _, said, seconds = interrupted(
        "time.sleep(60)", signal.SIGINT, clean_up="time.sleep(60)", seconds=0.2
    )
    assert (code, said) == (130, "\nInterrupted.\n")
    assert seconds < 20
    assert interrupted("time.sleep(60)", signal.SIGINT, clean_up="1 / 0")[:3] == (130, "", "\nInterrupted.\n")


def test_the_run_itself_can_end_the_process() -> None:
    body = "threading.Thread(target=end, args=('Lost.', 1)).start(); time.sleep(60)"
    assert interrupted(body)[:3] == (1, "cleaned up\n", "\nLost.\n")


def test_without_a_signal_nothing_changes() -> None:
    assert interrupted("pass")[:3] == (0, "", "")


@POSIX
def test_afterwards_signals_are_what_they_were() -> None:
    code = (
        "import time\nfrom customer_360.foundation.interrupts import ending_at_once\n"
        "with ending_at_once(print, ''):\n    pass\n"
        "try:\n    print('still here', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('as before')"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "still here\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0] == "as before\n"


@POSIX
def test_what_was_ignored_stays_ignored() -> None:
    code = (
        "import os, signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from customer_360.foundation.interrupts import ending_at_once\n"
        "with ending_at_once(print, ''):\n    os.kill(os.getpid(), signal.SIGINT); time.sleep(0.3); print('alive')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert found.stdout == "alive\n"


@POSIX
def test_a_library_that_listens_to_interrupts_does_not_take_them_over() -> None:
    body = (
        "import signal\n"
        "    with interrupts.interrupt_handler_kept(): signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    try: time.sleep(60)\n"
        "    finally: print('this is too late')"
    )
    assert interrupted(body, signal.SIGINT)[:3] == (130, "cleaned up\n", "\nInterrupted.\n")


@POSIX
def test_work_that_fails_because_it_is_taken_away_does_not_change_how_it_ends() -> None:
    body = "taken = threading.Event(); taken.wait(); 1 / 0"
    clean_up = "taken.set(); time.sleep(0.5); print('cleaned up')"
    assert interrupted(body, signal.SIGINT, clean_up=clean_up)[:3] == (
        130,
        "cleaned up\n",
        "\nInterrupted.\n",
    )
