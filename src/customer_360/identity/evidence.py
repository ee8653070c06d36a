"""What the pairs between two clusters say together.

The mean of the pairs' scores would be misled by records that know little: an ERP record of a name and an address
agrees with the father and with the son, and its silence about the birth date would outvote the one pair that
knows both. So evidence is pooled by comparison: of each, the mean over the pairs that could answer it; the pooled
answers are scored as one pair's are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from customer_360.identity.mixture import (
    HOUSEHOLD,
    PERSON,
    STRANGERS,
    Floats,
    Integers,
    Mixture,
    log_share,
    unpack,
)


@dataclass(frozen=True)
class PairEvidence:
    """Evidence of pairs as vectors that can be added up, and the score of a sum.

    A vector holds, for each comparison, ln P(level | person) and ln P(level | household), both over
    P(level | strangers), and 1 if the pair could answer it; then the ln share of persons, the number of pairs
    with any answer, and the bits that rules and decisions add.

    Attributes:
        person: for each comparison the first of these by code; 0 for code 0.
        household: the second.
        mixture: the fitted weights.
    """

    person: tuple[Floats, ...]
    household: tuple[Floats, ...]
    mixture: Mixture

    @classmethod
    def of(cls, mixture: Mixture) -> PairEvidence:
        """The evidence that fitted weights give."""
        logs = [np.log(table) for table in mixture.levels]
        return cls(
            person=tuple(log[PERSON] - log[STRANGERS] for log in logs),
            household=tuple(log[HOUSEHOLD] - log[STRANGERS] for log in logs),
            mixture=mixture,
        )

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return 3 * len(self.person) + 3

    def vectors(self, patterns: Integers, sources: Integers, settled: Floats) -> Floats:
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
        result[:, -3] = np.where(any_answer, np.log(self.mixture.shares_of(sources)), 0.0)
        result[:, -2] = any_answer
        result[:, -1] = settled
        return result

    def score(self, sums: Floats) -> Floats:
        """Bits of sums of vectors (..., width); minus infinity where no pair had an answer or was settled."""
        comparisons = len(self.person)
        answered = np.maximum(sums[..., 2 * comparisons : 3 * comparisons], 1.0)
        person = (sums[..., :comparisons] / answered).sum(axis=-1)
        household = (sums[..., comparisons : 2 * comparisons] / answered).sum(axis=-1)
        pairs = sums[..., -2]
        share = sums[..., -3] / np.maximum(pairs, 1.0)
        bits = (
            share + person - np.logaddexp(log_share(self.mixture.household_share) + household, 0.0)
        ) / np.log(2)
        return np.where(pairs > 0, bits, np.where(sums[..., -1] != 0, 0.0, -np.inf)) + sums[..., -1]
