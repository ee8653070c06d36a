"""What put the two records of a link together: the pair itself, a rule, a decision, or all that their customer says."""

from __future__ import annotations

import math

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.stewardship.explain import BY_DECISION, BY_WEIGHT, POOLED

OWN = "own_evidence"
RULE = "rule"


def joined_by(threshold: float) -> Column:
    """Why two records are one customer's.

    Args:
        threshold: probability above which a pair is a link by itself (``thresholds.link``).

    Returns:
        ``own_evidence``: the pair says so by itself. ``pooled_evidence``: it does not, but all pairs between the
        records of the customer do, taken together. ``rule`` and ``decision``: one of these says so.
    """
    bits = math.log2(threshold / (1 - threshold))
    scored = F.col("method") == BY_WEIGHT
    alone = F.when(scored, F.col("match_weight") > bits).otherwise(F.col("probability") > threshold)
    return (
        F.when(~alone, F.lit(POOLED))
        .when(scored, F.lit(OWN))
        .when(F.col("method") == BY_DECISION, F.lit(BY_DECISION))
        .otherwise(F.lit(RULE))
    )
