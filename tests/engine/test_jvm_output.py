from __future__ import annotations

import subprocess
import sys

from support.runs import PROJECT

# A JVM's part is played by a shell: it begins inside, and prints on when the start is over.
PROGRAM = """
import subprocess, sys, time
from customer_360.engine.jvm_output import without_start_noise
script = "echo ':: resolving dependencies ::' >&2; printf '\\tfound x#y;1 in central\\n' >&2; echo 'a real problem' >&2"
try:
    with without_start_noise():
        jvm = subprocess.Popen(["sh", "-c", script + "; read go; echo 'later problem' >&2"], stdin=subprocess.PIPE)
        time.sleep(0.5)
        if sys.argv[1] == "fails":
            raise RuntimeError("no start")
    print("own words", file=sys.stderr)
finally:
    jvm.communicate(b"go")
    time.sleep(0.5)
"""


def output(how: str, redirection: str = "") -> tuple[int, list[str]]:
    command = f'"$0" -c "$1" "$2" {redirection}'
    done = subprocess.run(
        ["bash", "-c", command, sys.executable, PROGRAM, how],
        cwd=PROJECT / "src", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stderr.splitlines()


def test_only_what_is_not_to_be_expected_is_shown() -> None:
    code, lines = output("works")
    assert code == 0 and sorted(lines) == ["a real problem", "later problem", "own words"]


def test_a_start_that_fails_shows_everything() -> None:
    code, lines = output("fails")
    assert code == 1 and ":: resolving dependencies ::" in lines and "RuntimeError: no start" in lines


def test_a_closed_standard_error_is_fine() -> None:
    assert output("works", "2>&-") == (0, [])
