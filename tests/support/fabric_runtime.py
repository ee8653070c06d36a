"""The package sets of Fabric's runtimes, as environments of their own, with the wheel and nothing of the source."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from support.declared import ROOT as PROJECT
from support.declared import tested_project

RUNTIMES = PROJECT / "tests" / "fabric" / "runtimes"
PYTHON = {"1.3": "3.11", "2.0": "3.13"}


@dataclass(frozen=True)
class Package:
    """What `make package` gives."""

    wheel: Path
    configuration: Path


@dataclass(frozen=True)
class Environment:
    """An environment with the wheel installed; what was there before, and what is there now."""

    python: Path
    before: dict[str, str]
    after: dict[str, str]


def lacking(message: str) -> NoReturn:
    """Skip, or fail where a run must not skip."""
    if os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.fail(f"{message}, and this run must not skip")
    pytest.skip(message)


def require_java() -> None:
    if not shutil.which("java"):
        lacking("there is no Java (17 or 21)")


def interpreter(version: str) -> str:
    """Path of a Python of this minor version."""
    return find_interpreter(version) or lacking(f"there is no Python {version}")


def pythons(*, at_least: tuple[str, ...], perhaps: tuple[str, ...]) -> list[str]:
    """Minor versions to test on: those that must be there, and those that happen to be."""
    return sorted([*at_least, *filter(find_interpreter, perhaps)])


def find_interpreter(version: str) -> str | None:
    """Path of a Python of this minor version, if there is one."""
    places = [
        shutil.which(f"python{version}"),
        *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")),
    ]
    for place in [sys.executable, *map(str, filter(None, places))]:
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        shown = subprocess.run([place, "-c", code], capture_output=True, text=True, timeout=60, check=False)
        if shown.stdout.strip() == version:
            return place
    return None


def build_package() -> Package:
    """`make package`, once per test run."""
    project = tested_project()
    kedro = Path(sys.executable).with_name("kedro")
    subprocess.run([str(kedro), "package"], cwd=project, check=True, capture_output=True, timeout=300)
    [wheel] = (project / "dist").glob("customer_360-*.whl")
    return Package(wheel=wheel, configuration=project / "dist" / "conf-customer_360.tar.gz")


def make_environment(name: str, *, python: str, requirements: Path | None, install: str) -> Environment:
    """An environment under `.venv/`, made once for its requirements; `install` is installed afresh.

    Args:
        name: of its folder.
        python: minor version of its interpreter.
        requirements: what it has already; None for nothing.
        install: a wheel, perhaps with extras.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    wanted = requirements.read_text() if requirements else ""
    digest = hashlib.sha256(f"{python}\n{wanted}\n{install.rpartition('/')[2]}".encode()).hexdigest()[:12]
    folder = PROJECT / ".venv" / "fabric" / f"{name}-{digest}"
    bare = folder / "bare.txt"

    def pip(*arguments: str) -> str:
        shown = subprocess.run(
            # Without the project's own pins (tool.uv), which are not the runtime's.
            [uv, "--no-config", "pip", *arguments, "--python", str(folder / "bin" / "python")],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert shown.returncode == 0, shown.stderr
        return shown.stdout

    if not bare.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(
            [uv, "venv", "--quiet", "--python", interpreter(python), str(folder)], check=True, timeout=120
        )
        if requirements:
            pip("install", "--quiet", "-r", str(requirements))
        bare.write_text(pip("freeze"))
    pip("install", "--quiet", "--reinstall-package", "customer_360", install)
    return Environment(folder / "bin" / "python", _versions(bare.read_text()), _versions(pip("freeze")))


def _versions(frozen: str) -> dict[str, str]:
    lines = [line.replace(" @ ", "==", 1).partition("==") for line in frozen.splitlines() if line.strip()]
    return {name: version for name, _, version in lines}
