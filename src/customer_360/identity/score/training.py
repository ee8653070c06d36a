"""Match weights without labels: a mixture of three classes, fitted by EM over counts of patterns.

The model of Fellegi and Sunter (1969, "A theory for record linkage", JASA 64), with a third class. A pair is of
one *person*, of one *household*, or a *non-match*. A comparison's levels are independent within a class:

    weight of class c = share of c among all pairs * product over comparisons of P(level | c)

1. Non-matches: levels by chance (:mod:`.chance`). Expected pairs of one person are taken out again at every round.
2. Persons: levels learned from pairs that were found without the comparison, so that blocking does not make a
   field look better than it is; held to the model's priors by as many pairs as `prior_strength` says, or 2 % of
   the records if that is more (in a file with nothing to find the class must not settle on near misses).
3. Household: a comparison has something in common with a learned probability (address: most; given name: one
   in a hundred, father and son; birth date: one in twenty at most, twins), and looks like one person's then;
   otherwise like non-matches'.

What contradicts (two flats of one house, another telephone) weighs 0 bits at most, against either of the others
(:mod:`.levels`). Shares of persons and of households are those of each pair of sources: the list of a holiday camp
holds families, and the shop's customers few.

The match score of a pair is log2 of the weight of *person* over the weight of the other two: 0 is one half,
on every file, because the share of each class is part of the weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from customer_360.identity.compare import Layout
from customer_360.identity.prepare import Frequencies
from customer_360.identity.score.chance import Chance
from customer_360.identity.score.levels import LevelCodes
from customer_360.identity.score.mixture import (
    HOUSEHOLD,
    PERSON,
    FloatArray,
    Mixture,
    PatternCounts,
    log_weights_of,
    unpack,
)
from customer_360.parameters import TrainingParameters

_HELD = 0.02  # of the records: what the priors are worth at least, in pairs
_RELATIVES = 0.004  # pairs of one household there are at least, per record
_START = 100.0  # times as many to begin with
_PAIRS = 10.0  # that the shares before training are worth: a file of three records does not tell shares


def fit(
    observed: PatternCounts,
    random: PatternCounts,
    *,
    layout: Layout,
    frequencies: Mapping[str, Frequencies],
    all_pairs: Mapping[int, float],
    records: int,
    training: TrainingParameters,
) -> Mixture:
    """Fit the mixture.

    Args:
        observed: patterns of the candidate pairs.
        random: patterns of random pairs.
        layout: codes of the comparisons.
        frequencies: of the values, by term frequency.
        all_pairs: number of all pairs of records, by number of the pair of sources.
        records: number of records.
        training: rounds, priors and tolerance.
    """
    return _Fit(
        observed, random, LevelCodes.of(layout, frequencies),
        all_pairs=all_pairs, records=records, training=training,
    ).run()  # fmt: skip


class _Fit:
    def __init__(
        self,
        observed: PatternCounts,
        random: PatternCounts,
        levels: list[LevelCodes],
        *,
        all_pairs: Mapping[int, float],
        records: int,
        training: TrainingParameters,
    ) -> None:
        self.levels, self.training, self.records = levels, training, records
        self.counts = observed.counts
        self.codes = unpack(observed.patterns, len(levels))
        self.training_mask = [(observed.training_mask >> f) & 1 for f in range(len(levels))]
        self.source_numbers, self.source_of = np.unique(observed.sources, return_inverse=True)
        self.pairs_of_source = np.array([max(all_pairs.get(int(s), 1.0), 1.0) for s in self.source_numbers])
        self.total = max(sum(all_pairs.values()), 1.0)
        self.strength = max(training.prior_strength, _HELD * records)
        random_codes = unpack(random.patterns, len(levels))
        self.chance = Chance(
            codes=self.codes,
            counts=self.counts,
            random=[
                np.bincount(random_codes[f], weights=random.counts, minlength=one.size).astype(float)
                for f, one in enumerate(levels)
            ],
            sampled=min(1.0, random.counts.sum() / self.total),
            total=self.total,
        )
        self.priors = [one.priors() for one in levels]
        self.shared = [one.comparison.shared for one in levels]

    def run(self) -> Mixture:
        nobody = np.zeros((len(self.counts), 3))
        tables = [self._maximise(f, nobody) for f in range(len(self.levels))]
        # to begin with: as many pairs of one person as a tenth of the records, and a few of households
        matches = 0.1 * self.records
        usual = matches / self.total
        persons = np.full(len(self.source_numbers), usual)
        # people have families, also where nothing but a family name shows it
        fewest = _RELATIVES * self.records / self.total
        households = np.full(len(self.source_numbers), _START * fewest)
        done = 0
        for _ in range(self.training.iterations):
            done += 1
            weights = log_weights_of(self.codes, tables, persons[self.source_of], households[self.source_of])
            posterior = (
                np.exp(weights - np.logaddexp.reduce(weights, axis=1, keepdims=True)) * self.counts[:, None]
            )
            persons = self._share(np.maximum(self._by_source(posterior[:, PERSON]), 0.1), usual)
            households = np.maximum(self._share(self._by_source(posterior[:, HOUSEHOLD]), usual), fewest)
            tables = [self._maximise(f, posterior) for f in range(len(tables))]
            before, matches = matches, float(posterior[:, PERSON].sum())
            if abs(matches - before) <= self.training.tolerance * max(before, 1.0):
                break
        return Mixture(tuple(tables), self._named(persons), self._named(households), matches, done)

    def _by_source(self, pairs: FloatArray) -> FloatArray:
        return np.bincount(self.source_of, weights=pairs, minlength=len(self.source_numbers)).astype(float)

    def _share(self, pairs: FloatArray, usual: float) -> FloatArray:
        """Share of all pairs of each pair of sources; as it usually is where there are next to none."""
        return (pairs + _PAIRS * usual) / (self.pairs_of_source + _PAIRS)

    def _named(self, shares: FloatArray) -> dict[int, float]:
        return {int(s): float(p) for s, p in zip(self.source_numbers, shares, strict=True)}

    def _maximise(self, f: int, posterior: FloatArray) -> FloatArray:
        levels, codes = self.levels[f], self.codes[f]
        non_matches = self.chance.non_matches(f, levels, posterior)
        learned = np.bincount(
            codes, weights=posterior[:, PERSON] * self.training_mask[f], minlength=levels.size
        )
        person = levels.person(learned + self.strength * self.priors[f], non_matches)
        # of households, weigh how much of each level is something in common rather than chance
        common = levels.household(person, non_matches, 1.0)
        mixed = self.shared[f] * common
        belonging = mixed / (mixed + (1 - self.shared[f]) * non_matches)
        belonging[levels.contradicting()] = 0.0
        of_household = np.bincount(
            codes, weights=posterior[:, HOUSEHOLD] * self.training_mask[f], minlength=levels.size
        )
        of_household[0] = 0.0
        share = (of_household @ belonging + self.strength * levels.comparison.shared) / (
            of_household.sum() + self.strength
        )
        self.shared[f] = min(float(share), levels.comparison.shared_most)
        return np.stack([person, levels.household(person, non_matches, self.shared[f]), non_matches])
