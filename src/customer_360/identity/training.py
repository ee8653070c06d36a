"""Match weights without labels: a mixture of three classes, fitted by EM over counts of patterns.

The model of Fellegi and Sunter (1969, "A theory for record linkage", JASA 64), with a third class. A pair is of
one *person*, of one *household*, or of *strangers*. A comparison's levels are independent within a class:

    weight of class c = share of c among all pairs * product over comparisons of P(level | c)

1. Strangers: levels by chance, from random pairs, and for equal values in closed form: sum of n(n-1) over the
   values, over N(N-1). Expected pairs of one person are taken out again at every round.
2. Persons: levels learned from pairs that were found without the comparison, so that blocking does not make a
   field look better than it is; held to the model's priors by as many pairs as `prior_strength` says, or 2 % of
   the records if that is more (in a file with nothing to find the class must not settle on near misses).
3. Household: a comparison has something in common with a learned probability (address: most; given name: one
   in a hundred, father and son; birth date: one in twenty at most, twins), and looks like one person's then;
   otherwise like strangers'.

The match score of a pair is log2 of the weight of *person* over the weight of the other two: 0 is one half,
on every file, because the share of each class is part of the weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from customer_360.identity.frequency import Frequencies
from customer_360.identity.layout import BINS, Layout
from customer_360.identity.mixture import (
    HOUSEHOLD,
    PERSON,
    STRANGERS,
    Floats,
    Integers,
    Mixture,
    PatternCounts,
    log_weights_of,
    unpack,
)
from customer_360.identity.probabilities import TINY, guess, limited, normalised
from customer_360.parameters.identity import TrainingParameters

_HELD = 0.02  # of the records: what the priors are worth at least, in pairs
_RELATIVES = 0.004  # pairs of one household there are at least, per record
_START = 100.0  # times as many to begin with
_MISTAKES = 5e-5  # of strangers have the same identifier, as far as a small file can tell
_LEAST_CHANCE = 0.02  # of the pairs with one value are strangers at least
_UNJUDGED = 0.1  # of the pairs that nearly have one identifier are strangers, where nothing else can tell
_INFORMED = 2  # answers that a pair has besides the identifier, if others are to judge it


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
        frequencies: of the values, by rarity.
        all_pairs: number of all pairs of records, by number of the pair of sources.
        records: number of records.
        training: rounds, priors and tolerance.
    """
    return _Fit(
        observed,
        random,
        layout=layout,
        frequencies=frequencies,
        all_pairs=all_pairs,
        records=records,
        training=training,
    ).run()


class _Fit:
    def __init__(
        self,
        observed: PatternCounts,
        random: PatternCounts,
        *,
        layout: Layout,
        frequencies: Mapping[str, Frequencies],
        all_pairs: Mapping[int, float],
        records: int,
        training: TrainingParameters,
    ) -> None:
        self.layout, self.frequencies, self.training = layout, frequencies, training
        self.counts = observed.counts
        self.codes = unpack(observed.patterns, len(layout.codes))
        self.free = [(observed.free >> f) & 1 for f in range(len(layout.codes))]
        self.source_numbers, self.source_of = np.unique(observed.sources, return_inverse=True)
        self.pairs_of_source = np.array([max(all_pairs.get(int(s), 1.0), 1.0) for s in self.source_numbers])
        self.total = max(sum(all_pairs.values()), 1.0)
        self.records = records
        self.strength = max(training.prior_strength, _HELD * records)
        self.sampled = min(1.0, random.counts.sum() / self.total)
        random_codes = unpack(random.patterns, len(layout.codes))
        self.random = [
            np.bincount(random_codes[f], weights=random.counts, minlength=len(codes))
            for f, codes in enumerate(layout.codes)
        ]
        self.prior_person = [
            self._by_level(f, [level.prior for level in c.levels]) for f, c in enumerate(layout.comparisons)
        ]
        self.observed = [
            np.bincount(self.codes[f], weights=self.counts, minlength=len(codes))
            for f, codes in enumerate(layout.codes)
        ]
        self.informed = (self.codes > 0).sum(axis=0) > _INFORMED
        nobody = np.zeros((len(self.counts), 3))
        self.chance = [self._strangers(f, nobody) for f in range(len(layout.codes))]
        self.shared = [comparison.shared for comparison in layout.comparisons]

    def run(self) -> Mixture:
        levels = [
            np.stack([person, self._household(f, person, chance), chance])
            for f, (person, chance) in enumerate(zip(self.prior_person, self.chance, strict=True))
        ]
        # to begin with: as many pairs of one person as a tenth of the records, and a few of households
        expected = 0.1 * self.records
        fewest = _RELATIVES * self.records
        shares = np.full(len(self.source_numbers), expected / self.total)
        household = _START * fewest / self.total
        matches = expected
        # people have families, also where nothing but a family name shows it
        done = 0
        for _ in range(self.training.iterations):
            done += 1
            weights = log_weights_of(self.codes, levels, shares[self.source_of], household)
            posterior = (
                np.exp(weights - np.logaddexp.reduce(weights, axis=1, keepdims=True)) * self.counts[:, None]
            )
            of_source = np.bincount(self.source_of, weights=posterior[:, PERSON], minlength=len(shares))
            shares = np.maximum(of_source, 0.1) / self.pairs_of_source
            household = max(posterior[:, HOUSEHOLD].sum(), fewest) / self.total
            levels = [self._maximise(f, posterior) for f in range(len(levels))]
            before, matches = matches, float(posterior[:, PERSON].sum())
            if abs(matches - before) <= self.training.tolerance * max(before, 1.0):
                break
        of_sources = {int(s): float(p) for s, p in zip(self.source_numbers, shares, strict=True)}
        return Mixture(tuple(levels), of_sources, float(household), matches, done)

    # ----------------------------------------------------------------------------------------- one comparison
    def _maximise(self, f: int, posterior: Floats) -> Floats:
        size, codes = len(self.layout.codes[f]), self.codes[f]
        strangers = self._strangers(f, posterior)
        learned = np.bincount(codes, weights=posterior[:, PERSON] * self.free[f], minlength=size)
        person = self._limited(f, self._tied(f, learned + self.strength * self.prior_person[f]))
        comparison = self.layout.comparisons[f]
        # of households, weigh how much of each level is something in common rather than chance
        common = self._in_common(f, person)
        mixed = self.shared[f] * common
        belonging = mixed / (mixed + (1 - self.shared[f]) * strangers)
        of_household = np.bincount(codes, weights=posterior[:, HOUSEHOLD] * self.free[f], minlength=size)
        of_household[0] = 0.0
        share = (of_household @ belonging + self.strength * comparison.shared) / (
            of_household.sum() + self.strength
        )
        self.shared[f] = min(float(share), comparison.shared_most)
        return np.stack([person, self._household(f, person, strangers), strangers])

    def _household(self, f: int, person: Floats, strangers: Floats) -> Floats:
        """What members have in common looks as one person's own value does, typos and all; the rest is chance."""
        share = self.shared[f]
        return normalised(share * self._in_common(f, person) + (1 - share) * strangers)

    def _in_common(self, f: int, person: Floats) -> Floats:
        common = person.copy()
        common[0] = common[-1] = 0.0
        return normalised(common)

    def _strangers(self, f: int, posterior: Floats) -> Floats:
        """P(code | strangers): chance, less what pairs of one person or household contribute."""
        codes = self.layout.codes[f]
        related = np.bincount(
            self.codes[f], weights=posterior[:, PERSON] + posterior[:, HOUSEHOLD], minlength=len(codes)
        )
        seen = self.random[f] - np.minimum(self.sampled * related, self.random[f])
        seen[0] = 0.0
        total = seen.sum()
        probability = (seen + 0.5) / (total + 0.5 * len(codes)) if total else guess(len(codes))
        for level in self._split_levels(f):
            frequency = self.frequencies[self.layout.comparisons[f].levels[level].frequency or ""]
            if frequency.all_pairs <= 0:
                continue
            at, pairs = self._codes_of(f, level), np.array(frequency.pairs)
            if self.layout.comparisons[f].identifier:
                by_chance = self._by_mistake(f, at, pairs, posterior)
            else:
                by_chance = pairs - related[at]
            # half a pair that was not seen; in a file of a few records that would be far too many identifiers
            unseen = (
                min(0.5, _MISTAKES * frequency.all_pairs) if self.layout.comparisons[f].identifier else 0.5
            )
            probability[at] = np.maximum(by_chance, _LEAST_CHANCE * pairs + unseen) / frequency.all_pairs
        if self.layout.comparisons[f].identifier:
            self._bound_same_value(f, probability)
            self._bound_blocked(f, probability, posterior)
        return normalised(probability)

    def _bound_same_value(self, f: int, probability: Floats) -> None:
        """Further levels of equal identifiers are no likelier than the first, whatever a few random pairs say."""
        levels = self.layout.comparisons[f].levels
        split = [self._codes_of(f, number) for number in self._split_levels(f)]
        most = sum(float(probability[at].sum()) for at in split)
        for number, level in enumerate(levels):
            at = self._codes_of(f, number)
            if split and level.same_value and not level.frequency:
                probability[at] = np.minimum(probability[at], most)

    def _bound_blocked(self, f: int, probability: Floats, posterior: Floats) -> None:
        """Of levels whose pairs are all found by blocking, strangers are counted: random pairs show none of them."""
        levels = self.layout.comparisons[f].levels
        split = self._split_levels(f)
        if split:
            pairs = self.frequencies[levels[split[0]].frequency or ""].all_pairs
        else:
            pairs = self.total * self.random[f][1:].sum() / max(self.random[f].sum(), 1.0)
        for number, level in enumerate(levels):
            if level.blocked and pairs > 0:
                at = self._codes_of(f, number)
                strangers = self._judged_strangers(f, at, posterior, expected=_UNJUDGED, worth=2)
                probability[at] = np.minimum(probability[at], (strangers * self.observed[f][at] + 1) / pairs)

    def _by_mistake(self, f: int, at: Integers, pairs: Floats, posterior: Floats) -> Floats:
        """Pairs of strangers with the same identifier: as many as among pairs that other evidence judges, and
        all of those that share it with too many to have been compared."""
        share = self._judged_strangers(f, at, posterior, expected=_LEAST_CHANCE, worth=10)
        seen = np.minimum(self.observed[f][at], pairs)
        return np.asarray(share * seen + (pairs - seen))

    def _judged_strangers(
        self, f: int, at: Integers, posterior: Floats, *, expected: float, worth: int
    ) -> Floats:
        """Share of strangers among the pairs at codes that other evidence judges, and ``worth`` pairs as expected."""
        size = len(self.layout.codes[f])
        judged, strangers = (
            np.bincount(self.codes[f], weights=weights * self.informed, minlength=size)[at]
            for weights in (self.counts, posterior[:, STRANGERS])
        )
        return np.asarray((strangers + expected * worth) / (judged + worth))

    def _by_level(self, f: int, shares: list[float]) -> Floats:
        """Shares of levels spread over codes: bins get what their values hold of all records."""
        result = np.zeros(len(self.layout.codes[f]))
        for level, share in enumerate(shares):
            at = self._codes_of(f, level)
            result[at] = share * (self._bins(f, level) if len(at) > 1 else 1.0)
        return normalised(result)

    def _tied(self, f: int, counts: Floats) -> Floats:
        """Counts to probabilities; within a level that is split by frequency, bins keep their shares."""
        counts = counts.copy()
        counts[0] = 0.0
        for level in self._split_levels(f):
            at = self._codes_of(f, level)
            counts[at] = counts[at].sum() * self._bins(f, level)
        return normalised(counts + TINY)

    def _limited(self, f: int, probability: Floats) -> Floats:
        levels = self.layout.comparisons[f].levels
        return limited(probability, [(self._codes_of(f, n), level.most) for n, level in enumerate(levels)])

    def _bins(self, f: int, level: int) -> Floats:
        frequency = self.frequencies[self.layout.comparisons[f].levels[level].frequency or ""]
        shares = np.array(frequency.records, dtype=float) + 1e-3 * max(frequency.known, 1) / BINS
        return np.asarray(shares / shares.sum())

    def _split_levels(self, f: int) -> list[int]:
        return [number for number, level in enumerate(self.layout.comparisons[f].levels) if level.frequency]

    def _codes_of(self, f: int, level: int) -> Integers:
        return np.array(
            [k for k, code in enumerate(self.layout.codes[f]) if code is not None and code.level == level]
        )
