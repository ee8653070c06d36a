"""A digest of code."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files


@cache
def code_digest(*packages: str) -> str:
    """Digest of packages."""
    found = hashlib.sha256()
    for package in packages:
        for path in sorted(files(package).rglob("*.py")):  # type: ignore[attr-defined]
            found.update(path.read_bytes())
    return found.hexdigest()
