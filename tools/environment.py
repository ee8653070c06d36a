"""Brings the packages of the project's extras into the environment whose Python runs this: ``environment.py viz dev``.

What was installed before stays. Everything has the versions of ``constraints.lock``; a file without one of the digests
there is refused. Packages come by the environment's pip, or by uv where it has none (an environment that uv made).
Needs nothing but Python.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from lock import EVERYTHING, EXTRAS, blocks

PROJECT = Path(__file__).resolve().parents[1]
CLIENT, FULL = "pyspark-client", "pyspark"  # the same Python files: only one may be installed
PURPOSE = {
    "local": "a run needs",
    "viz": "Kedro-Viz needs",
    "dev": "tests and lint need",
    "deploy": "publishing to Fabric needs",
    "onelake": "OneLake needs",
    "spark": "JVM Spark needs",
    "audit": "the audit of pins needs",
}


class InstallError(RuntimeError):
    """Packages cannot be installed; the message says what to do."""


def stamp(environment: Path, extra: str) -> Path:
    """The file that tells make that an extra is installed."""
    return environment / (".installed" if extra == "local" else f".installed-{extra}")


def present(environment: Path) -> set[str]:
    """Extras that were installed before, by make or (JVM Spark) by hand."""
    return {extra for extra in PURPOSE if stamp(environment, extra).exists()} | (
        {"spark"} if has(FULL) else set()
    )


def requirements(kinds: Iterable[str]) -> str:
    """What is to be installed, with digests; of the two PySparks, which are the same Python files, one."""
    wanted = {"local", *kinds}
    names = set()
    for line in (PROJECT / EXTRAS).read_text(encoding="utf-8").splitlines():
        kind, _, packages = line.partition(": ")
        names |= set(packages.split()) if kind in wanted else set()
    names -= {CLIENT if "spark" in wanted else FULL}
    pinned = blocks((PROJECT / EVERYTHING).read_text(encoding="utf-8"))
    return "\n".join(block for name in sorted(names) for block in pinned[name]) + "\n"


def has(package: str) -> bool:
    """Whether a package is installed here."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def installer(environment: Path) -> tuple[str, list[str], list[str]]:
    """Name of the installer, how it installs, and how it removes.

    Raises:
        InstallError: there is neither pip in the environment nor uv on this machine.
    """
    if find_spec("pip"):
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        return "pip", [*pip, "install", "--no-compile"], [*pip, "uninstall", "--yes"]
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise InstallError(
            f"{environment} has no pip, and there is no uv on the PATH. Install uv, or remove {environment} and "
            "begin again."
        )
    python = ["--quiet", "--python", sys.executable]
    return "uv", [uv, "pip", "install", *python], [uv, "pip", "uninstall", *python]


def install(environment: Path, extras: Iterable[str]) -> None:
    """Install the extras beside those that are present.

    Raises:
        InstallError: the installer is missing, or failed (what it said stands above).
    """
    wanted = set(extras)
    everything = wanted | present(environment)
    name, add, remove = installer(environment)
    purpose = ", and what ".join(PURPOSE[extra] for extra in PURPOSE if extra in wanted)
    print(f"Installing what {purpose}, with {name} (once, a minute or so) ...", flush=True)
    began = time.monotonic()
    if "spark" in everything and has(CLIENT):
        call([*remove, CLIENT, *([FULL] if has(FULL) else [])])
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder) / "requirements.txt"
        chosen.write_text(requirements(everything), encoding="utf-8")
        call([*add, "--require-hashes", "-r", str(chosen)])
    call([*add, "--no-deps", "-e", "."])
    for extra in ["local", *sorted(everything - {"local"})]:  # the others are never older than that of a run
        stamp(environment, extra).touch()
    print(
        f"Installed in {time.monotonic() - began:.0f} s; {environment} takes {megabytes(environment):,} MB."
    )


def call(command: Sequence[str]) -> None:
    """Run an installer, in the project's folder.

    Raises:
        InstallError: it failed.
    """
    if subprocess.run(command, check=False, cwd=PROJECT).returncode:
        raise InstallError(f"Not installed; the reason is above. The command was: {' '.join(command)}")


def megabytes(folder: Path) -> int:
    """How much the files of a folder take."""
    return round(sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extras", nargs="+", choices=PURPOSE)
    try:
        install(Path(sys.prefix), parser.parse_args().extras)
    except InstallError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
