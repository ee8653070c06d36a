"""The fitted mixture: weights of patterns, scores of pairs, evidence inside clusters. See :mod:`.training`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_360.identity.layout import BITS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PERSON, HOUSEHOLD, STRANGERS = 0, 1, 2
_TINY = 1e-12


@dataclass(frozen=True)
class PatternCounts:
    """How often each pattern occurs: parallel arrays.

    Attributes:
        patterns: BIGINT patterns, see :mod:`.layout`.
        free: bits of the comparisons that the pairs were found without.
        sources: number of the pair of sources.
        counts: pairs.
    """

    patterns: Integers
    free: Integers
    sources: Integers
    counts: Floats


@dataclass(frozen=True)
class Mixture:
    """Fitted weights.

    Attributes:
        levels: for each comparison an array (3 classes, codes) of probabilities; code 0 (null) is 1.
        person_shares: share of pairs of one person among all pairs, by number of the pair of sources.
        household_share: the same for households.
        matches: expected pairs of one person.
        rounds: rounds of EM until nothing moved.
    """

    levels: tuple[Floats, ...]
    person_shares: Mapping[int, float]
    household_share: float
    matches: float
    rounds: int

    def log_weights(self, patterns: Integers, sources: Integers) -> Floats:
        """Natural log of the three classes' weights, shape (patterns, 3)."""
        codes = unpack(patterns, len(self.levels))
        known = np.array([self.person_shares.get(int(s), _TINY) for s in np.unique(sources)])
        shares = known[np.searchsorted(np.unique(sources), sources)] if len(sources) else known
        return log_weights_of(codes, self.levels, shares, self.household_share)

    def scores(self, patterns: Integers, sources: Integers) -> Floats:
        """Match score in bits; 0 is a probability of one half."""
        weights = self.log_weights(patterns, sources)
        others = np.logaddexp(weights[:, HOUSEHOLD], weights[:, STRANGERS])
        return (weights[:, PERSON] - others) / np.log(2)

    def cluster_evidence(self, patterns: Integers, sources: Integers) -> tuple[Floats, Floats]:
        """What pairs say inside a component: ``(score, weight)``.

        This is the match score, but for pairs that let compare too little to hold anything against them: one that
        could not be linked if all of it agreed counts nothing, and where a single answer speaks against (two
        tickets from different addresses), only the answer does, not how rare matches are among all pairs.
        """
        scores, weights = self.scores(patterns, sources), self.log_weights(patterns, sources)
        shares = np.log(np.array([self.person_shares.get(int(s), _TINY) for s in sources]))
        person = weights[:, PERSON] - shares
        household = weights[:, HOUSEHOLD] - np.log(self.household_share)
        against = (person - np.logaddexp(household, weights[:, STRANGERS]) + np.log(2)) / np.log(2)
        codes = unpack(patterns, len(self.levels))
        best = shares / np.log(2)
        for f, table in enumerate(self.levels):
            bits = np.log2(table[PERSON]) - np.log2(table[STRANGERS])
            equal = table[PERSON] * (bits > 0)
            best = best + np.where(codes[f] > 0, (equal * bits)[1:].sum() / max(equal[1:].sum(), _TINY), 0.0)
        thin = ((codes > 0).sum(axis=0) <= 1) & (scores <= 0)
        evidence = np.where(thin, np.maximum(scores, np.minimum(against, 0.0)), scores)
        return evidence, np.where(thin, 0.5, 1.0) * (best > 0)

    def match_weights(self) -> tuple[Floats, ...]:
        """Bits of each code of each comparison: log2 of P(code | person) over P(code | strangers)."""
        return tuple(np.log2(table[PERSON]) - np.log2(table[STRANGERS]) for table in self.levels)


def unpack(patterns: Integers, comparisons: int) -> Integers:
    """Codes of every comparison, shape (comparisons, patterns)."""
    return np.stack([(patterns >> (BITS * number)) & ((1 << BITS) - 1) for number in range(comparisons)])


def log_weights_of(
    codes: Integers, levels: list[Floats] | tuple[Floats, ...], person: Floats, household: float
) -> Floats:
    weights = np.zeros((codes.shape[1], 3))
    weights[:, PERSON] = np.log(person)
    weights[:, HOUSEHOLD] = np.log(household)
    for f, table in enumerate(levels):
        weights += np.log(table).T[codes[f]]
    return weights
