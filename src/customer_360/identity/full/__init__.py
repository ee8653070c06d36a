"""A full run: every record of a file resolved, and what came out in words of its readers."""

from .describe import named_pairs, named_records
from .resolution import Resolution, resolution_of
from .run import block_all, cluster_all, compare_all, prepare_all, score_all, scorer_of, train_on_all

__all__ = [
    "Resolution",
    "block_all",
    "cluster_all",
    "compare_all",
    "named_pairs",
    "named_records",
    "prepare_all",
    "resolution_of",
    "score_all",
    "scorer_of",
    "train_on_all",
]
