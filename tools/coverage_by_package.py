"""How much of each package the tests have run, after ``pytest --cov`` (``make coverage``).

Prints a line per package and fails where one of the domain is below its share.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1] / "src" / "customer_360"
LEAST = 90.0  # percent
# What sources become customers by; the rest is run by other tests, too: in processes, on JVM Spark, in Fabric.
DOMAIN = (
    "behaviour", "bronze", "identity", "lakehouse", "linking", "parameters", "person_file", "privacy", "profile",
    "quality", "registry", "reporting", "schemas", "serving", "sources", "standardise", "stewardship",
)  # fmt: skip


def by_package(coverage: Coverage) -> dict[str, tuple[int, int]]:
    """Statements and those that were run, by package; modules beside the packages are one."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for path in sorted(ROOT.rglob("*.py")):
        _, statements, _, missing, _ = coverage.analysis2(str(path))
        inside = path.relative_to(ROOT)
        package = inside.parts[0] if len(inside.parts) > 1 else "(modules)"
        total, run = found[package]
        found[package] = total + len(statements), run + len(statements) - len(missing)
    return dict(found)


def main() -> int:
    """The command line."""
    coverage = Coverage()
    coverage.load()
    low = sorted(set(DOMAIN) - by_package(coverage).keys())  # a room that is not there is not covered
    for package, (total, run) in sorted(by_package(coverage).items()):
        percent = 100 * run / total if total else 100.0
        is_low = package in DOMAIN and percent < LEAST
        print(f"{package:<16} {run:>6,} of {total:>6,}  {percent:5.1f} %{'  too few' if is_low else ''}")
        low += [package] if is_low else []
    if low:
        print(
            f"Below {LEAST:.0f} %: {', '.join(low)}. What was not run: coverage report -m "
            f"--include='src/customer_360/{low[0]}/*'"
        )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
