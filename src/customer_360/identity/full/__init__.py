"""A full run: every record of a file resolved, and what came out in words of its readers."""

from .describe import named_pairs, named_records
from .resolution import EVERYTHING, Resolution, Work
from .run import Frozen, resolution_of, resolve_whole

__all__ = [
    "EVERYTHING",
    "Frozen",
    "Resolution",
    "Work",
    "named_pairs",
    "named_records",
    "resolution_of",
    "resolve_whole",
]
