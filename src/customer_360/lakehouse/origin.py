"""Where the records of a local lakehouse come from: one sample, or live systems, but never both."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = "Files/origin.json"
_SAMPLE_FILES = "Files/landing/.sample_sources.json"  # older versions left only this behind

Origin = dict[str, Any]


def read_origin(lakehouse: str) -> Origin | None:
    """What the sources were that the lakehouse's tables were made from.

    Args:
        lakehouse: local folder.

    Returns:
        ``{"sources": "live"}`` or ``{"sources": "sample", ...}``; None if there are no tables, or nobody knows.
    """
    root = Path(lakehouse)
    if not any(root.glob("Tables/bronze/*/_delta_log/*.json")):
        return None
    try:
        found = json.loads((root / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"sources": "sample"} if (root / _SAMPLE_FILES).is_file() else None
    return found if isinstance(found, dict) else None


def write_origin(lakehouse: str, origin: Mapping[str, Any]) -> None:
    """Say what the sources are, in one step, before the first record is read."""
    path = Path(lakehouse) / _FILE
    if path.is_file() and read_origin(lakehouse) == origin:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.partial")
    temporary.write_text(json.dumps(origin) + "\n", encoding="utf-8")
    temporary.replace(path)
