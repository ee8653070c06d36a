"""What non-matches' records have in common by chance: P(code | non-matches).

Random pairs tell, and for equal values the closed form: sum of n(n-1) over the values, over N(N-1). Non-matches have
the same identifier only by mistake, and random pairs show next to none of those; they are counted among the pairs
that blocking finds, as far as other evidence judges them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from customer_360.identity.score.levels import LevelCodes
from customer_360.identity.score.mixture import HOUSEHOLD, NON_MATCHES, PERSON, FloatArray, IntegerArray
from customer_360.identity.score.probabilities import as_distribution, guess

_MISTAKES = 5e-5  # of non-matches have the same identifier, as far as a small file can tell
_COINCIDENCES = 5e-3  # ... and one of the other values of one term frequency (a name, a date, an address)
_LEAST_CHANCE = 0.02  # of the pairs with one value are non-matches at least
_UNJUDGED = 0.1  # of the pairs that nearly have one identifier are non-matches, where nothing else can tell
_EXPECTED = 5000  # random pairs that the model's own shares are worth
_EXPECTED_SAME = 50  # ... and all pairs, of levels whose values are counted: in a file of a dozen records
_INFORMED = 2  # answers that a pair has besides the identifier, if others are to judge it


@dataclass(frozen=True)
class Chance:
    """Counts that tell what non-matches share.

    Attributes:
        codes: of each observed pattern, by comparison: (comparisons, patterns).
        counts: pairs of each observed pattern.
        random: pairs of each code among random pairs, by comparison.
        sampled: share of all pairs that the random ones are.
        total: number of all pairs of records.
    """

    codes: IntegerArray
    counts: FloatArray
    random: Sequence[FloatArray]
    sampled: float
    total: float

    def non_matches(self, f: int, levels: LevelCodes, posterior: FloatArray) -> FloatArray:
        """P(code | non-matches): chance, less what pairs of one person or household contribute.

        Args:
            f: number of the comparison.
            levels: its codes.
            posterior: expected pairs of the three classes, by pattern.
        """
        related = self._observed(f, levels, posterior[:, PERSON] + posterior[:, HOUSEHOLD])
        seen = self.random[f] - np.minimum(self.sampled * related, self.random[f])
        seen[0] = 0.0
        expected = levels.expected_by_chance() * _EXPECTED
        total = seen.sum() + expected.sum()
        probability = (seen + expected + 0.5) / (total + 0.5 * levels.size) if total else guess(levels.size)
        identifier = levels.comparison.identifier
        for level in levels.split():
            frequency = levels.frequency(level)
            if frequency.all_pairs <= 0:
                continue
            at, pairs = levels.at(level), np.array(frequency.pairs)
            # half a pair that was not seen; in a file of a few records that would be far too many
            unseen = min(0.5, (_MISTAKES if identifier else _COINCIDENCES) * frequency.all_pairs)
            least = _LEAST_CHANCE * pairs + unseen
            if identifier:
                by_mistake = self._by_mistake(f, levels, level, posterior)
                probability[at] = np.maximum(by_mistake, least) / frequency.all_pairs
            else:
                usual = levels.comparison.levels[level].chance * levels.bins(level)
                by_chance = np.maximum(pairs - related[at], least)
                probability[at] = (by_chance + _EXPECTED_SAME * usual) / (
                    frequency.all_pairs + _EXPECTED_SAME
                )
        if identifier:
            self._bound_same_value(levels, probability)
            self._bound_blocked(f, levels, probability, posterior)
        return as_distribution(probability)

    def _observed(self, f: int, levels: LevelCodes, weights: FloatArray) -> FloatArray:
        return np.bincount(self.codes[f], weights=weights, minlength=levels.size).astype(float)

    def _bound_same_value(self, levels: LevelCodes, probability: FloatArray) -> None:
        """Further levels of equal identifiers are no likelier than the first, whatever a few random pairs say."""
        split = [levels.at(number) for number in levels.split()]
        most = sum(float(probability[at].sum()) for at in split)
        for number, level in enumerate(levels.comparison.levels):
            if split and level.same_value and not level.frequency:
                at = levels.at(number)
                probability[at] = np.minimum(probability[at], most)

    def _bound_blocked(
        self, f: int, levels: LevelCodes, probability: FloatArray, posterior: FloatArray
    ) -> None:
        """Of levels whose pairs are all found by blocking, non-matches are counted: random pairs show none."""
        split = levels.split()
        if split:
            pairs = levels.frequency(split[0]).all_pairs
        else:
            pairs = self.total * self.random[f][1:].sum() / max(self.random[f].sum(), 1.0)
        observed = self._observed(f, levels, self.counts)
        for number, level in enumerate(levels.comparison.levels):
            if level.blocked and pairs > 0:
                at = levels.at(number)
                non_matches = self._judged_non_matches(f, levels, at, posterior, expected=_UNJUDGED, worth=2)
                probability[at] = np.minimum(probability[at], (non_matches * observed[at] + 1) / pairs)

    def _by_mistake(self, f: int, levels: LevelCodes, level: int, posterior: FloatArray) -> FloatArray:
        """Non-matches with the same identifier.

        As many as among pairs that other evidence judges, and all of those that share it with too many to have been
        compared.
        """
        at, pairs = levels.at(level), np.array(levels.frequency(level).pairs)
        observed = self._observed(f, levels, self.counts)
        share = self._judged_non_matches(f, levels, at, posterior, expected=_LEAST_CHANCE, worth=10)
        seen = np.minimum(observed[at], pairs)
        missing = pairs - seen
        # pairs of one value that another level answers for (equal, but in another name) were compared, too
        elsewhere = sum(
            float(observed[levels.at(number)].sum())
            for number, other in enumerate(levels.comparison.levels)
            if other.same_value and number != level
        )
        uncompared = max(0.0, 1.0 - elsewhere / missing.sum()) if missing.sum() > 0 else 0.0
        return np.asarray(share * seen + uncompared * missing)

    def _judged_non_matches(
        self,
        f: int,
        levels: LevelCodes,
        at: IntegerArray,
        posterior: FloatArray,
        *,
        expected: float,
        worth: int,
    ) -> FloatArray:
        """Share of non-matches among pairs at codes that other evidence judges, and ``worth`` pairs as expected."""
        informed = (self.codes > 0).sum(axis=0) > _INFORMED
        judged, non_matches = (
            self._observed(f, levels, weights * informed)[at]
            for weights in (self.counts, posterior[:, NON_MATCHES])
        )
        return np.asarray((non_matches + expected * worth) / (judged + worth))
