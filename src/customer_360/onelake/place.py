"""Whether this process runs inside Fabric."""

from __future__ import annotations

import importlib.util
import sys


def in_fabric() -> bool:
    """True where ``notebookutils`` is, which only Fabric's own runtimes have."""
    return "notebookutils" in sys.modules or importlib.util.find_spec("notebookutils") is not None
