"""Known vulnerabilities of everything that is pinned, by pip-audit and the advisories of PyPI.

Ends with 1 where there is one. What could not be looked up is said, and counts as a failure only with
``CUSTOMER_360_AUDIT=required``, as the workflow of the usual hosting sets it: not every machine reaches the advisories.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lock import EVERYTHING, PROJECT, blocks

REQUIRED = "CUSTOMER_360_AUDIT"


def looked_up(packages: list[str]) -> tuple[list[dict[str, Any]], str]:
    """What pip-audit says of each package (``name, version, vulns`` or ``name, skip_reason``), and its own words."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder) / "requirements.txt"
        chosen.write_text("\n".join(packages) + "\n", encoding="utf-8")
        audit = str(Path(sys.executable).with_name("pip-audit"))
        done = subprocess.run(
            [audit, "--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json", "-r", str(chosen)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        found = []
    return found, (done.stderr.strip().splitlines() or [""])[-1]


def verdict(packages: list[str], found: list[dict[str, Any]], said: str) -> tuple[list[str], bool, bool]:
    """Lines to print, whether all were looked up, and whether one has a known vulnerability."""
    lines = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'nothing yet'}"
        for one in found
        for flaw in one.get("vulns", ())
    ]
    known = [one for one in found if "vulns" in one]
    is_whole = len(known) >= len(packages)
    if not is_whole:
        reason = next((one["skip_reason"] for one in found if "skip_reason" in one), said)
        lines.append(
            f"NOT AUDITED: {len(packages) - len(known)} of {len(packages)} packages could not be looked up"
            f"{f' ({reason})' if reason else ''}."
        )
    elif not lines:
        lines.append(f"{len(packages)} packages: no known vulnerability.")
    return lines, is_whole, any(one["vulns"] for one in known)


def main() -> None:
    """The command line."""
    pinned = blocks((PROJECT / EVERYTHING).read_text(encoding="utf-8"))
    packages = [block.partition(" \\")[0] for several in pinned.values() for block in several]
    found, said = looked_up(packages)
    lines, is_whole, is_flawed = verdict(packages, found, said)
    print("\n".join(lines))
    if is_flawed or (not is_whole and os.environ.get(REQUIRED) == "required"):
        sys.exit(1)


if __name__ == "__main__":
    main()
