"""Pooled evidence of two clusters: what all pairs between them say.

The mean of the pairs' scores would be misled by records that know little: an ERP record of a name and an address
agrees with the father and with the son, and its silence about the birth date would outvote the one pair that
knows both. So evidence is pooled by comparison: of each, the mean over the pairs that could answer it; the pooled
answers are scored as one pair's are. Of what a person has several of (addresses for mail, telephones) the best pair
answers: who writes from a second address is not less the owner of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from customer_360.identity.score import (
    HOUSEHOLD,
    NON_MATCHES,
    PERSON,
    FloatArray,
    IntegerArray,
    Mixture,
    unpack,
)
from customer_360.parameters import Comparison


@dataclass(frozen=True)
class PairEvidence:
    """Evidence of pairs as vectors that can be added up, and the score of a sum.

    A vector holds, for each comparison, ln P(level | person) and ln P(level | household), both over
    P(level | non-matches), and 1 if the pair could answer it; then the ln shares of persons and of households, the
    number of pairs with any answer, and the bits that rules and decisions add.

    Attributes:
        person: for each comparison the first of these by code; 0 for code 0.
        household: the second.
        mixture: the fitted weights.
        several: numbers of the comparisons of which the best pair answers.
    """

    person: tuple[FloatArray, ...]
    household: tuple[FloatArray, ...]
    mixture: Mixture
    several: IntegerArray

    @classmethod
    def of(cls, mixture: Mixture, comparisons: Sequence[Comparison] = ()) -> PairEvidence:
        """The evidence that fitted weights give; ``comparisons`` say of what a person has several."""
        logs = [np.log(table) for table in mixture.levels]
        return cls(
            person=tuple(log[PERSON] - log[NON_MATCHES] for log in logs),
            household=tuple(log[HOUSEHOLD] - log[NON_MATCHES] for log in logs),
            mixture=mixture,
            several=np.flatnonzero([comparison.several for comparison in comparisons]),
        )

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return 3 * len(self.person) + 4

    def vectors(self, patterns: IntegerArray, sources: IntegerArray, override: FloatArray) -> FloatArray:
        """(pairs, width)."""
        comparisons = len(self.person)
        codes = unpack(patterns, comparisons)
        result = np.empty((len(patterns), self.width))
        for f in range(comparisons):
            result[:, f] = self.person[f][codes[f]]
            result[:, comparisons + f] = self.household[f][codes[f]]
        answered = (codes > 0).T
        result[:, 2 * comparisons : 3 * comparisons] = answered
        any_answer = answered.any(axis=1)
        result[:, -4] = np.where(any_answer, np.log(self.mixture.shares_of(sources)), 0.0)
        result[:, -3] = np.where(any_answer, np.log(self.mixture.household_shares_of(sources)), 0.0)
        result[:, -2] = any_answer
        result[:, -1] = override
        return result

    def together(self, one: FloatArray, other: FloatArray) -> FloatArray:
        """Sums (..., width) of the pairs behind both."""
        total = one + other
        person = self.several
        if not len(person):
            return total
        household, answered = person + len(self.person), person + 2 * len(self.person)
        better = (other[..., answered] == 0) | (
            (one[..., answered] > 0) & (one[..., person] >= other[..., person])
        )
        for column in (person, household):
            total[..., column] = np.where(better, one[..., column], other[..., column])
        total[..., answered] = np.maximum(one[..., answered], other[..., answered])
        # where nothing else was answered, the best pair speaks for all, and for how likely its sources share persons
        others = np.setdiff1d(np.arange(len(self.person)), person) + 2 * len(self.person)
        alone = (total[..., others] == 0).all(axis=-1)
        one, other = one[alone], other[alone]
        best = np.where((self._estimate(one) >= self._estimate(other))[..., None], one, other)
        total[alone, :-1] = best[..., :-1]
        return total

    def score(self, sums: FloatArray) -> FloatArray:
        """Bits of sums of vectors (..., width); minus infinity where no pair had an answer or an override."""
        estimate, override = self._estimate(sums), sums[..., -1]
        return np.where(np.isneginf(estimate) & (override != 0), 0.0, estimate) + override

    def _estimate(self, sums: FloatArray) -> FloatArray:
        """The same, whatever rules and decisions say."""
        comparisons = len(self.person)
        answered = np.maximum(sums[..., 2 * comparisons : 3 * comparisons], 1.0)
        person = (sums[..., :comparisons] / answered).sum(axis=-1)
        household = (sums[..., comparisons : 2 * comparisons] / answered).sum(axis=-1)
        pairs = sums[..., -2]
        of_persons, of_households = (sums[..., at] / np.maximum(pairs, 1.0) for at in (-4, -3))
        bits = (of_persons + person - np.logaddexp(of_households + household, 0.0)) / np.log(2)
        return np.where(pairs > 0, bits, -np.inf)
