"""Nodes that ask people: which pairs to look at."""

from __future__ import annotations

from pyspark.sql import DataFrame

from customer_360.parameters import LinkingParameters, ReviewParameters
from customer_360.stewardship import pairs_to_review

from .nodes import SILVER, _nullable, by_source


def list_pairs_to_review(
    linking: LinkingParameters,
    reviewing: ReviewParameters,
    *,
    unsure: DataFrame,
    crosswalk: DataFrame,
    decisions: DataFrame,
    show_values: bool,
    **silver: DataFrame,
) -> DataFrame:
    """List the unsure pairs that nobody decided, the worst first, with what an answer would change.

    ``show_values``: the run's setting, unless ``review.show_values`` says something else.
    """
    shown = show_values if reviewing.show_values is None else reviewing.show_values
    pairs = pairs_to_review(
        unsure, crosswalk, decisions, by_source(silver, SILVER), linking, show_values=shown
    )
    return _nullable(pairs)
