"""A full run: every record of a file resolved, and what came out in words of its readers."""

from .describe import named_pairs, named_records
from .resolution import Resolution, resolution_of
from .run import block, cluster, compare, prepare, score, scorer_of, train

__all__ = [
    "Resolution",
    "block",
    "cluster",
    "compare",
    "named_pairs",
    "named_records",
    "prepare",
    "resolution_of",
    "score",
    "scorer_of",
    "train",
]
