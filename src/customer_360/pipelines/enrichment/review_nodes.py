"""Nodes that ask people: which pairs to look at."""

from __future__ import annotations

from pyspark.sql import DataFrame

from customer_360.identity import review
from customer_360.parameters.enrichment import LinkingParameters, ReviewParameters

from .nodes import _nullable


def list_pairs_to_review(
    linking: LinkingParameters,
    reviewing: ReviewParameters,
    *,
    unsure: DataFrame,
    crosswalk: DataFrame,
    decisions: DataFrame,
    **sources: DataFrame,
) -> DataFrame:
    """List the unsure pairs that nobody decided, the worst first, with what an answer would change."""
    pairs = review.pairs_to_review(
        unsure, crosswalk, decisions, sources, linking, show_values=reviewing.show_values
    )
    return _nullable(pairs)
