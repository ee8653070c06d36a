"""Probabilities of a comparison's codes. Code 0, nothing to compare, is neutral: 1 in every class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from customer_360.identity.score.mixture import FloatArray, IntegerArray

TINY = 1e-12


def as_distribution(values: FloatArray) -> FloatArray:
    """Codes 1 and up add up to 1, and none is impossible."""
    result = np.maximum(values, TINY)
    result[1:] = result[1:] / result[1:].sum()
    result[0] = 1.0
    return result


def guess(size: int) -> FloatArray:
    """Of non-matches, where no random pair can be compared: agreement is rare among them."""
    result = np.full(size, 0.02 / size)
    result[-1] = 0.98
    return result


def limited(probability: FloatArray, levels: Sequence[tuple[IntegerArray, float]]) -> FloatArray:
    """Hold levels to the largest share that the model allows them; the others share the rest.

    Args:
        probability: by code.
        levels: codes of each level, and its largest share.
    """
    result = probability.copy()
    held = np.zeros(len(result), dtype=bool)
    for at, most in levels:
        if result[at].sum() > most:
            result[at] *= most / result[at].sum()
            held[at] = True
    if held.any():
        others = ~held
        others[0] = False
        result[others] *= (1 - result[held].sum()) / result[others].sum()
    return result
