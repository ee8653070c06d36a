"""Which pairs are worth comparing, under one budget for all rules together."""

from .candidates import (
    RuleCost,
    block_keys,
    candidate_pairs,
    choose_keys,
    everybody,
)
from .decided_pairs import pairs_of_decided, with_decided
from .random_blocks import random_pairs, random_sample

__all__ = [
    "RuleCost",
    "block_keys",
    "candidate_pairs",
    "choose_keys",
    "everybody",
    "pairs_of_decided",
    "random_pairs",
    "random_sample",
    "with_decided",
]
