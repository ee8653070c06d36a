"""Which codes a comparison's levels have, and how shares of levels become probabilities of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from customer_360.identity.compare import Layout
from customer_360.identity.prepare import BINS, Frequencies
from customer_360.identity.score.mixture import FloatArray, IntegerArray
from customer_360.identity.score.probabilities import TINY, as_distribution, limited
from customer_360.parameters import Comparison


@dataclass(frozen=True)
class LevelCodes:
    """Codes of the levels of one comparison.

    Attributes:
        comparison: its levels.
        codes: level and bin of each code; None for code 0.
        frequencies: of the values, by term frequency.
    """

    comparison: Comparison
    codes: Sequence[tuple[int, int | None] | None]
    frequencies: Mapping[str, Frequencies]

    @classmethod
    def of(cls, layout: Layout, frequencies: Mapping[str, Frequencies]) -> list[LevelCodes]:
        """Of every comparison of a layout."""
        return [
            cls(comparison, [None if code is None else (code.level, code.bin) for code in codes], frequencies)
            for comparison, codes in zip(layout.comparisons, layout.codes, strict=True)
        ]

    @property
    def size(self) -> int:
        """Number of codes, 0 included."""
        return len(self.codes)

    def at(self, level: int) -> IntegerArray:
        """Codes of a level."""
        return np.array([k for k, code in enumerate(self.codes) if code is not None and code[0] == level])

    def split(self) -> list[int]:
        """Numbers of the levels that are split by frequency."""
        return [number for number, level in enumerate(self.comparison.levels) if level.frequency]

    def contradicting(self) -> IntegerArray:
        """Codes that never speak for one person."""
        return np.concatenate([self.at(number) for number in self.comparison.contradictions])

    def frequency(self, level: int) -> Frequencies:
        """Of the values that a split level is about."""
        return self.frequencies[self.comparison.levels[level].frequency or ""]

    def bins(self, level: int) -> FloatArray:
        """Share of the records in each bin of a split level."""
        frequency = self.frequency(level)
        shares = np.array(frequency.records, dtype=float) + 1e-3 * max(frequency.known, 1) / BINS
        return np.asarray(shares / shares.sum())

    def priors(self) -> FloatArray:
        """The model's shares of levels by code: bins get what their values hold of all records."""
        result = np.zeros(self.size)
        for number, level in enumerate(self.comparison.levels):
            at = self.at(number)
            result[at] = level.prior * (self.bins(number) if len(at) > 1 else 1.0)
        return as_distribution(result)

    def expected_by_chance(self) -> FloatArray:
        """The model's shares among non-matches by code; 0 where it says nothing."""
        result = np.zeros(self.size)
        for number, level in enumerate(self.comparison.levels):
            if not level.frequency:  # those are counted
                result[self.at(number)] = level.chance / len(self.at(number))
        result[-1] = 1.0 - result.sum()
        return result if result[-1] < 1 else np.zeros(self.size)

    def person(self, counts: FloatArray, non_matches: FloatArray) -> FloatArray:
        """P(code | person) of counts.

        Within a level that is split by frequency, bins keep their shares. A level is held to the share that the
        model allows it, and a contradiction to what it has among non-matches, or less: it weighs no more than 0 bits.
        """
        counts = counts.copy()
        counts[0] = 0.0
        for level in self.split():
            at = self.at(level)
            counts[at] = counts[at].sum() * self.bins(level)
        held = [(self.at(number), level.most) for number, level in enumerate(self.comparison.levels)]
        contradictions = [
            (at, float(non_matches[at].sum()) * 2.0**-level.against)
            for at, level in [(self.at(n), self.comparison.levels[n]) for n in self.comparison.contradictions]
        ]
        found = limited(as_distribution(counts + TINY), held)
        return limited(found, [*self._lesser(found, non_matches), *contradictions])

    def _lesser(self, person: FloatArray, non_matches: FloatArray) -> list[tuple[IntegerArray, float]]:
        """Levels of one value that come after the first (it is in another name) weigh no more than the first."""
        same = [self.at(n) for n, level in enumerate(self.comparison.levels) if level.same_value]
        most = person[same[0]].sum() / non_matches[same[0]].sum() if same else 0.0
        return [(at, float(most * non_matches[at].sum())) for at in same[1:]]

    def household(self, person: FloatArray, non_matches: FloatArray, share: float) -> FloatArray:
        """P(code | household).

        What members have in common looks as one person's own value does, typos and all; the rest is chance. They
        contradict each other at least as often as one person's records do.
        """
        contradicting = self.contradicting()
        common = person.copy()
        common[0] = common[contradicting] = 0.0
        result = as_distribution(share * as_distribution(common) + (1 - share) * non_matches)
        least = np.maximum(result[contradicting], person[contradicting])
        others = np.ones(self.size, dtype=bool)
        others[0] = others[contradicting] = False
        result[others] *= (1 - least.sum()) / result[others].sum()
        result[contradicting] = least
        return result
