"""Resolving only what changed since the last time.

A resolution may leave a *state* behind: the trained model with all that depends on the whole file (a snapshot,
:class:`customer_360.identity.score.ModelSnapshot`), and tables of records, keys, scored pairs and clusters
(:mod:`customer_360.identity.state`). The next one compares the fingerprints of the records (:mod:`.difference`),
decides how much there is to do (:mod:`.plan`), finds the candidate pairs of changed records (:mod:`.candidates`) and
groups anew what a chain of scored pairs connects with them (:mod:`.changes`).
The result is that of resolving everything with the same trained model.
"""

from .candidates import touched_by_decisions
from .changes import block_changes, cluster_changes, compare_changes, prepare_changes, score_changes
from .difference import differences, with_fingerprint
from .keeping import keep_changes, keep_everything
from .plan import before_looking, by_changes, digests

__all__ = [
    "before_looking",
    "block_changes",
    "by_changes",
    "cluster_changes",
    "compare_changes",
    "differences",
    "digests",
    "keep_changes",
    "keep_everything",
    "prepare_changes",
    "score_changes",
    "touched_by_decisions",
    "with_fingerprint",
]
