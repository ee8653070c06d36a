"""Pins what pyproject.toml asks for: ``lock.py``, or ``lock.py --upgrade`` for the newest versions of everything.

- ``constraints.lock``: one version of everything that any extra may bring, with the digests of its files.
- ``requirements.lock``: of these, what a run needs (the extra ``local``).
- ``extras.lock``: for each extra the names of all packages that it brings, in one line.

No lock names a registry.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
EVERYTHING, RUN, EXTRAS = "constraints.lock", "requirements.lock", "extras.lock"
# What tools/environment.py installs; JVM Spark takes the place of the client that `local` brings.
KINDS = {
    "local": ("local",),
    "viz": ("local", "viz"),
    "dev": ("local", "dev"),
    "deploy": ("local", "deploy"),
    "onelake": ("local", "onelake"),
    "spark": ("sail", "spark"),
    "audit": ("local", "audit"),
}


def blocks(lock: str) -> dict[str, list[str]]:
    """Requirements of a lock with their digests, by the name of the package; a marker may tell two of one name."""
    found: dict[str, list[str]] = {}
    for line in lock.splitlines():
        if line[:1].isalnum():
            found.setdefault(line.partition("==")[0], []).append(line)
        elif line.startswith("    --hash"):
            found[next(reversed(found))][-1] += f"\n{line}"
    return found


def compiled(*options: str) -> str:
    """What ``uv pip compile`` makes of pyproject.toml."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-header"]
    done = subprocess.run(
        [*command, "--no-annotate", *options, "pyproject.toml"],
        cwd=PROJECT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def main() -> None:
    """Write the three locks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--upgrade", action="store_true")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    everything = PROJECT / EVERYTHING
    everything.write_text(
        compiled("--all-extras", "--generate-hashes", *upgrade, *([] if upgrade else ["-c", EVERYTHING])),
        encoding="utf-8",
    )
    run = compiled("--extra", "local", "--generate-hashes", "-c", EVERYTHING)
    (PROJECT / RUN).write_text(run, encoding="utf-8")
    lines = []
    for kind, extras in KINDS.items():
        chosen = [option for extra in extras for option in ("--extra", extra)]
        lines.append(f"{kind}: {' '.join(sorted(blocks(compiled(*chosen, '-c', EVERYTHING))))}\n")
    (PROJECT / EXTRAS).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
