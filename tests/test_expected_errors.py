"""What people can mend, told in one message; and how a command ends."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from customer_360.expected_errors import expected_message, told_in_a_sentence
from customer_360.lakehouse.paths import PathError
from customer_360.onelake.address import OneLakeError


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PathError("the folder is a file"), "the folder is a file"),
        (OneLakeError("no workspace"), "no workspace"),
        (click.ClickException("give one id"), "give one id"),
        (ValueError("a bug"), None),
        (KeyError("a bug"), None),
    ],
)
def test_what_is_told(error: Exception, message: str | None) -> None:
    assert expected_message(error) == message


@pytest.mark.parametrize("verbose", [False, True])
def test_an_expected_error_ends_with_status_1(verbose: bool, capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise PathError("the folder is a file")

    with pytest.raises(SystemExit) as ended:
        told_in_a_sentence(fails)(verbose=verbose)
    assert ended.value.code == 1
    printed = capsys.readouterr().err
    assert printed.endswith("the folder is a file\n")
    assert ("Traceback" in printed) == verbose


def test_a_bug_shows_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        told_in_a_sentence(lambda: 1 / 0)(verbose=False)


@pytest.mark.parametrize(("body", "status"), [("pass", 0), ("sys.exit(3)", 3), ("raise PathError('x')", 1)])
@pytest.mark.parametrize(
    "folder", ["/tmp/nowhere/Tables/gold/t", "abfss://w@127.0.0.1/l.Lakehouse/Tables/gold/t"]
)
def test_a_process_that_has_read_from_onelake_is_not_taken_down_by_python(
    folder: str, body: str, status: int
) -> None:
    """delta-rs may abort it then. Elsewhere, what a process does at its end is done."""
    program = f"""
import atexit, contextlib, sys
from customer_360.datasets.delta_reader import open_table
from customer_360.expected_errors import told_in_a_sentence
from customer_360.lakehouse.paths import PathError

def body():
    with contextlib.suppress(Exception):
        open_table({folder!r}, None)
    print("done", end="")
    {body}

atexit.register(print, ", taken down")
told_in_a_sentence(body)(verbose=False)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False,
        env={"AZURE_STORAGE_ALLOW_HTTP": "true", "AZURE_STORAGE_ENDPOINT": "http://127.0.0.1:9"},
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert done.stdout == ("done" if "://" in folder else "done, taken down\n")
