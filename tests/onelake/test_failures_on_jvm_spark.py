"""JVM Spark's errors, of the real driver against a server that answers so: told by Java's classes and status."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest
from support.runs import PROJECT

pytestmark = [pytest.mark.jvm, pytest.mark.timeout(900)]
REFUSED, SILENT = "OneLake refused the sign-in", "OneLake stopped answering"
EXPECTED = {
    "401": (REFUSED, "RefusedError"),
    "403": (REFUSED, "RefusedError"),
    "404": (None, "FileNotFoundError"),
    "409": (None, "OSError"),
    "429": (SILENT, "UnreachableError"),
    "500": (SILENT, "UnreachableError"),
    "503": (SILENT, "UnreachableError"),
    "0": (SILENT, "UnreachableError"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    if not shutil.which("java") and not os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.skip("JVM Spark needs Java 17 or 21")
    done = subprocess.run(
        [sys.executable, str(PROJECT / "tests/onelake/failures_on_jvm_spark.py")],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "tests")},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("status", EXPECTED)
def test_what_is_told(found: dict[str, Any], status: str) -> None:
    told, kind = EXPECTED[status]
    for action in ("read", "write"):
        message = found[status][action]
        assert message is None if told is None else message.startswith(told)
        # where no answer came, the driver does not say what it had asked for
        assert told is None or status == "0" or " at Tables/gold/t: " in message
    assert found[status]["files"] == kind


@pytest.mark.parametrize("status", ["400", "401"])
def test_the_sign_in(found: dict[str, Any], status: str) -> None:
    assert found[f"sign-in {status}"].startswith(REFUSED)


def test_other_errors_are_left_alone(found: dict[str, Any]) -> None:
    assert found["local"] == [None] * 4
