"""Consoles as people have them: none of them ends a command."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from support.runs import PROJECT

from customer_360.console import ConsoleHooks
from customer_360.console.summary import print_tables
from customer_360.foundation.terminal import can_show

# What commands print with, more than a pipe holds, and the work that comes after it.
COMMAND = """
import sys
from customer_360.foundation.terminal import print_result, protect_console, say
from rich.console import Console
protect_console()
protect_console()
Console(highlight=False, soft_wrap=True).print("[green]\\u2713[/green] first")
say("\\u041e\\u043b\\u0435\\u043d\\u0430", colour="red")
say("problem \\u2717", colour="red", error=True)
print("\\udcd0\\udc9e of the command line")
for number in range(20_000):
    print("line", number, "\\u2026")
open(sys.argv[1], "w").write("worked")
print_result(["the result"])
"""
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CONSOLES = [
    ("", {}), ("", {"PYTHONIOENCODING": "cp1252"}), ("", {"PYTHONIOENCODING": "ascii"}), ("", C_LOCALE),
    ("", {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "40"}), ("", {"PYTHONUNBUFFERED": "1"}),
    ("| head -1", {}), ("| head -1", {"PYTHONUNBUFFERED": "1"}), ("| true", {"PYTHONIOENCODING": "ascii"}),
    (">&-", {}), (">&- 2>&-", {}), ("2>/dev/full >/dev/null", {}), ("2>&1 | head -1", {}),
]  # fmt: skip


def run(
    redirection: str, environment: dict[str, str], result: Path, command: str = COMMAND
) -> tuple[int, bytes, bytes]:
    script = f'set -o pipefail; "$0" -c "$1" "$2" {redirection}'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, command, str(result)],
        cwd=PROJECT / "src", env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("redirection", "environment"), CONSOLES)
def test_no_console_ends_a_command(redirection: str, environment: dict[str, str], tmp_path: Path) -> None:
    code, out, err = run(redirection, environment, tmp_path / "result")
    assert code == 0, err
    assert (tmp_path / "result").read_text() == "worked"
    assert b"Traceback" not in err and b"\x1b" not in out + err
    if not redirection:
        assert b"the result" in out and b"line 19999" in out
        assert b"\xd0\x9e of the command line" in out, (
            "a name that the locale cannot read goes out as it came"
        )


def test_ascii_gets_ascii(tmp_path: Path) -> None:
    _, out, err = run("", {"PYTHONIOENCODING": "ascii"}, tmp_path / "result")
    assert out.splitlines()[:2] == [rb"\u2713 first", rb"\u041e\u043b\u0435\u043d\u0430"]
    assert rb"problem \u2717" in err


def test_a_result_that_a_full_disk_swallowed_is_no_success(tmp_path: Path) -> None:
    code, _, err = run(">/dev/full", {}, tmp_path / "result")
    assert code == 1 and b"The result could not be printed: No space left on device." in err
    assert (tmp_path / "result").read_text() == "worked"


def test_the_number_of_a_closed_stream_goes_to_no_file(tmp_path: Path) -> None:
    """Native code prints to file 1, whoever that is."""
    command = """
import os, sys
from customer_360.foundation.terminal import protect_console
protect_console()
with open(sys.argv[1], "w") as table:
    os.write(1, b"from native code")
"""
    run(">&-", {}, tmp_path / "table", command)
    assert (tmp_path / "table").read_text() == ""


@pytest.mark.parametrize(
    ("encoding", "ticked"), [("utf-8", "\u2713"), ("cp1252", "ok"), ("ascii", "ok"), ("latin-1", "ok")]
)
def test_progress_has_signs_that_the_console_has(encoding: str, ticked: str) -> None:
    hooks = ConsoleHooks(Console(file=io.TextIOWrapper(io.BytesIO(), encoding=encoding)))
    assert hooks._sign("\u2713", "ok") == ticked
    assert can_show("\u00e9", encoding) is (encoding != "ascii")


def test_a_narrow_console_cuts_no_name() -> None:
    out = io.StringIO()
    console = Console(file=out, width=20, highlight=False, soft_wrap=True)
    print_tables(console, {"gold_customer_profile_history_of_long_name": 1_234_567, "silver_x": 1})
    assert out.getvalue().splitlines() == [
        "table                                            rows",
        "gold/customer_profile_history_of_long_name  1,234,567",
        "silver/x                                            1",
    ]
