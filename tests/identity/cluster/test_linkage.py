"""Linkage, against the plainest way to do it: with the mean of pairs in place of pooled evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.identity.cluster.linkage import pooled_linkage
from customer_360.identity.score import FORBIDDEN, REQUIRED


def symmetric(n: int, pairs: dict[tuple[int, int], float], missing: float = 0.0) -> np.ndarray:
    matrix = np.full((n, n), missing)
    for (a, b), value in pairs.items():
        matrix[a, b] = matrix[b, a] = value
    return matrix


def linked(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Linkage by the mean of scores: evidence is a score and its weight."""

    def mean(sums: np.ndarray) -> np.ndarray:
        known = sums[..., 1] > 0
        return np.where(known, sums[..., 0] / np.where(known, sums[..., 1], 1.0), -np.inf)

    return pooled_linkage(np.stack([scores * weights, weights], axis=-1), mean)


def plain(scores: np.ndarray, weights: np.ndarray) -> list[frozenset[int]]:
    """Join the two closest clusters while their mean is above zero."""
    clusters = [frozenset([n]) for n in range(len(scores))]
    while True:
        best, pair = 0.0, None
        for i, one in enumerate(clusters):
            for two in clusters[i + 1 :]:
                cells = [(a, b) for a in one for b in two]
                weight = sum(weights[c] for c in cells)
                mean = sum(weights[c] * scores[c] for c in cells) / weight if weight else -np.inf
                if mean > best:
                    best, pair = mean, (one, two)
        if pair is None:
            return clusters
        clusters = [c for c in clusters if c not in pair] + [pair[0] | pair[1]]


def groups(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@given(st.integers(2, 7), st.integers(0, 2**32 - 1))
def test_it_is_linked(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, weights = random.normal(0, 5, (3, n, n)), random.choice([0.0, 0.5, 1.0], (3, n, n))
    scores, weights = scores + scores.transpose(0, 2, 1), np.maximum(weights, weights.transpose(0, 2, 1))
    labels = linked(scores, weights)
    for group in range(3):
        assert groups(labels[group]) == set(plain(scores[group], weights[group]))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({(0, 1): 9, (1, 2): 2, (0, 2): -8}, {frozenset({0, 1}), frozenset({2})}),  # a chain is not closed
        ({(0, 1): 9, (2, 3): 9, (1, 2): 3, (0, 2): -6, (0, 3): -6, (1, 3): -6},
         {frozenset({0, 1}), frozenset({2, 3})}),  # a weak bridge is cut
        ({(0, 1): 9, (0, 2): 9, (1, 2): FORBIDDEN, (0, 3): 9, (1, 3): 9, (2, 3): 9}, None),  # forbidden
        ({(0, 1): REQUIRED, (0, 2): -9, (1, 2): -9}, {frozenset({0, 1}), frozenset({2})}),  # required
    ],
)  # fmt: skip
def test_persons_not_chains(
    pairs: dict[tuple[int, int], float], expected: set[frozenset[int]] | None
) -> None:
    n = 1 + max(max(pair) for pair in pairs)
    found = groups(linked(symmetric(n, pairs)[None], symmetric(n, dict.fromkeys(pairs, 1.0))[None])[0])
    if expected is None:
        assert all(not {1, 2} <= group for group in found)
    else:
        assert found == expected


def test_a_pair_without_evidence_is_neutral() -> None:
    """Two tickets that know nothing of each other are of the one customer that both belong to."""
    pairs = {(0, 1): 4.0, (0, 2): 4.0, (1, 2): -12.0}
    weights = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 0.0}
    assert set(linked(symmetric(3, pairs)[None], symmetric(3, weights)[None])[0]) == {0}
