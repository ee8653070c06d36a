"""The fitted mixture: weights of patterns, scores of pairs, evidence inside clusters. See :mod:`.training`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_360.identity.compare import BITS

FloatArray = NDArray[np.float64]
IntegerArray = NDArray[np.int64]

PERSON, HOUSEHOLD, NON_MATCHES = 0, 1, 2
_TINY = 1e-12


@dataclass(frozen=True)
class PatternCounts:
    """How often each pattern occurs: parallel arrays.

    Attributes:
        patterns: BIGINT patterns, see :class:`customer_360.identity.compare.Layout`.
        training_mask: bits of the comparisons that the pairs were found without.
        sources: number of the pair of sources.
        counts: pairs.
    """

    patterns: IntegerArray
    training_mask: IntegerArray
    sources: IntegerArray
    counts: FloatArray


@dataclass(frozen=True)
class Mixture:
    """Fitted weights.

    Attributes:
        levels: for each comparison an array (3 classes, codes) of probabilities; code 0 (null) is 1.
        person_shares: share of pairs of one person among all pairs, by number of the pair of sources.
        household_shares: the same for households.
        matches: expected pairs of one person.
        rounds: rounds of EM until nothing moved.
    """

    levels: tuple[FloatArray, ...]
    person_shares: Mapping[int, float]
    household_shares: Mapping[int, float]
    matches: float
    rounds: int

    def log_weights(self, patterns: IntegerArray, sources: IntegerArray) -> FloatArray:
        """Natural log of the three classes' weights, shape (patterns, 3)."""
        codes = unpack(patterns, len(self.levels))
        return log_weights_of(codes, self.levels, self.shares_of(sources), self.household_shares_of(sources))

    def shares_of(self, sources: IntegerArray) -> FloatArray:
        """Share of pairs of one person, of each of these pairs of sources."""
        return _each(self.person_shares, sources)

    def household_shares_of(self, sources: IntegerArray) -> FloatArray:
        """Share of pairs of one household, of each of these pairs of sources."""
        return _each(self.household_shares, sources)

    def scores(self, patterns: IntegerArray, sources: IntegerArray) -> FloatArray:
        """Match score in bits; 0 is a probability of one half."""
        weights = self.log_weights(patterns, sources)
        others = np.logaddexp(weights[:, HOUSEHOLD], weights[:, NON_MATCHES])
        return np.asarray((weights[:, PERSON] - others) / np.log(2))

    def match_weights(self) -> tuple[FloatArray, ...]:
        """Bits of each code of each comparison: log2 of P(code | person) over P(code | non-matches)."""
        return tuple(np.log2(table[PERSON]) - np.log2(table[NON_MATCHES]) for table in self.levels)


def unpack(patterns: IntegerArray, comparisons: int) -> IntegerArray:
    """Codes of every comparison, shape (comparisons, patterns)."""
    return np.stack([(patterns >> (BITS * number)) & ((1 << BITS) - 1) for number in range(comparisons)])


def _each(shares: Mapping[int, float], sources: IntegerArray) -> FloatArray:
    """Share of each of these pairs of sources; none is nothing, not even that of a file without records."""
    kinds, at = np.unique(sources, return_inverse=True)
    return np.array([max(shares.get(int(kind), 0.0), _TINY) for kind in kinds])[at]


def log_weights_of(
    codes: IntegerArray,
    levels: list[FloatArray] | tuple[FloatArray, ...],
    person: FloatArray,
    household: FloatArray,
) -> FloatArray:
    """Natural log of the three classes' weights of patterns, given their codes and the classes' shares."""
    weights = np.zeros((codes.shape[1], 3))
    weights[:, PERSON] = np.log(person)
    weights[:, HOUSEHOLD] = np.log(household)
    for f, table in enumerate(levels):
        weights += np.log(table).T[codes[f]]
    return weights
