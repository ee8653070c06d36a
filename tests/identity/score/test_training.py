"""EM, on mixtures whose truth is known: what it finds is what was put in, within bounds that are said here.

Patterns are not drawn at random: each occurs exactly as often as the truth says, so the bounds are those of the method
(its priors are worth a number of pairs) and not of luck.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from enrichment_frames import identity

from customer_360.identity.compare.layout import BITS, Layout
from customer_360.identity.score.mixture import (
    HOUSEHOLD,
    NON_MATCHES,
    PERSON,
    FloatArray,
    Mixture,
    PatternCounts,
)
from customer_360.identity.score.training import fit
from customer_360.parameters.identity import Comparison, Level, TrainingParameters

SIMILAR_OR_NOT = (0.8, 0.15, 0.05)  # what the model expects of persons before it has seen any


def comparison(name: str) -> Comparison:
    """Equal, similar, different."""
    equal, similar, different = SIMILAR_OR_NOT
    return Comparison(
        name=name,
        about=(name,),
        null=f"l.{name} IS NULL",
        levels=(
            Level(name="equal", when="a", prior=equal),
            Level(name="similar", when="b", prior=similar),
            Level(name="different", prior=different),
        ),
        shared=0.05,
    )


@dataclass(frozen=True)
class Truth:
    """A file: how many pairs there are, and what each class answers to each comparison.

    Attributes:
        person, non_matches: for each comparison the shares of equal, similar, different.
        unknown: share of pairs that a comparison has nothing to compare of.
        records: in the file.
        matches: pairs of one person.
    """

    person: tuple[tuple[float, float, float], ...]
    non_matches: tuple[tuple[float, float, float], ...]
    unknown: float = 0.0
    records: int = 20_000
    matches: float = 8_000.0

    @property
    def pairs(self) -> float:
        return self.records * (self.records - 1) / 2

    @property
    def patterns(self) -> np.ndarray:
        """(patterns, comparisons): every combination of codes."""
        codes = range(0 if self.unknown else 1, 4)
        return np.array(list(itertools.product(codes, repeat=len(self.person))), dtype=np.int64)

    def share(self, of: tuple[tuple[float, float, float], ...]) -> FloatArray:
        """Of each pattern among the pairs of a class."""
        share = np.ones(len(self.patterns))
        for number, levels in enumerate(of):
            known = 1 - self.unknown
            table = np.array([self.unknown, *(known * level for level in levels)])
            share *= table[self.patterns[:, number]]
        return share

    def layout(self) -> Layout:
        comparisons = tuple(comparison(f"c{number}") for number in range(len(self.person)))
        return Layout.of(identity().model_copy(update={"comparisons": comparisons}), frozenset())

    def expected(self) -> tuple[FloatArray, FloatArray]:
        """Pairs of each pattern: of one person, and of non-matches."""
        return self.matches * self.share(self.person), (self.pairs - self.matches) * self.share(
            self.non_matches
        )

    def posterior(self) -> FloatArray:
        """The truth's own probability that a pair of each pattern is of one person."""
        persons, non_matches = self.expected()
        return persons / (persons + non_matches)

    def packed(self) -> np.ndarray:
        return np.sum(self.patterns << (BITS * np.arange(len(self.person))), axis=1)

    def fit(self, found_by: tuple[int, ...] = (), **training: float) -> Mixture:
        """Fit what pairs show. ``found_by``: comparisons by whose equal values pairs are found; none: all are."""
        packed, total = self.packed(), sum(self.expected())
        found, free = self.found(found_by)
        sampled = min(1.0, 400_000 / self.pairs)
        random = PatternCounts(packed, np.zeros_like(packed), np.zeros_like(packed), sampled * total)
        return fit(
            PatternCounts(packed[found], free[found], np.zeros_like(packed[found]), total[found]),
            random,
            layout=self.layout(),
            frequencies={},
            all_pairs={0: self.pairs},
            records=self.records,
            training=TrainingParameters(**{"prior_strength": 0.0, **training}),
        )

    def found(self, found_by: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Whether blocking finds a pattern, and the comparisons without which it would have, too."""
        everything = (1 << len(self.person)) - 1
        if not found_by:
            return np.ones(len(self.patterns), dtype=bool), np.full(len(self.patterns), everything)
        equal = self.patterns[:, found_by] == 1
        free = np.full(len(self.patterns), everything)
        for place, number in enumerate(found_by):
            alone = equal[:, place] & (equal.sum(axis=1) == 1)
            free[alone] &= ~(1 << number)
        return equal.any(axis=1), free


TRUTHS = {
    "a small file full of duplicates": Truth(
        person=((0.8, 0.15, 0.05),) * 5, non_matches=((0.01, 0.02, 0.97),) * 5, records=300, matches=4_000.0
    ),
    "alike": Truth(person=((0.8, 0.15, 0.05),) * 4, non_matches=((0.01, 0.02, 0.97),) * 4),
    "one field is worn": Truth(
        person=((0.9, 0.08, 0.02), (0.3, 0.3, 0.4), (0.95, 0.03, 0.02), (0.7, 0.1, 0.2)),
        non_matches=((0.002, 0.01, 0.988), (0.01, 0.05, 0.94), (0.0005, 0.002, 0.9975), (0.1, 0.1, 0.8)),
    ),
    "much is unknown": Truth(
        person=((0.9, 0.05, 0.05), (0.8, 0.1, 0.1), (0.85, 0.1, 0.05), (0.7, 0.2, 0.1), (0.95, 0.04, 0.01)),
        non_matches=((0.001, 0.004, 0.995),) * 5,
        unknown=0.3,
    ),
}


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS.keys())
def test_what_was_put_in_is_found(truth: Truth) -> None:
    mixture = truth.fit()
    assert mixture.matches == pytest.approx(truth.matches, rel=0.05)
    assert mixture.person_shares[0] == pytest.approx(truth.matches / truth.pairs, rel=0.05)
    for number, (person, non_matches) in enumerate(zip(truth.person, truth.non_matches, strict=True)):
        # the least that priors are worth, 2 % of the records, are 400 pairs of 8,400
        assert mixture.levels[number][PERSON][1:] == pytest.approx(person, abs=0.05), number
        assert mixture.levels[number][NON_MATCHES][1:] == pytest.approx(non_matches, abs=0.002), number


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS.keys())
def test_probabilities_are_calibrated(truth: Truth) -> None:
    """Of the pairs that get a probability of about p, a share of about p is of one person."""
    mixture = truth.fit()
    scores = mixture.scores(truth.packed(), np.zeros(len(truth.patterns), dtype=np.int64))
    probability = 1 / (1 + 2.0**-scores)
    persons, non_matches = truth.expected()
    for low, high in itertools.pairwise([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0]):
        among = (probability > low) & (probability <= high)
        if (pairs := (persons + non_matches)[among].sum()) > truth.matches / 100:
            said = (probability * (persons + non_matches))[among].sum() / pairs
            assert persons[among].sum() / pairs == pytest.approx(said, abs=0.1), (low, high)
    assert (probability * (persons + non_matches)).sum() == pytest.approx(truth.matches, rel=0.05)


def test_blocking_does_not_make_a_field_look_better_than_it_is() -> None:
    """Pairs are found by the first two fields; how often persons agree in those is learned from the other's pairs.

    Of the pairs that are found, 62 % agree in the first field; of all pairs of one person 40 % do.
    """
    truth = Truth(
        person=((0.4, 0.3, 0.3), (0.4, 0.3, 0.3), (0.9, 0.08, 0.02), (0.9, 0.08, 0.02), (0.9, 0.08, 0.02)),
        non_matches=((0.002, 0.01, 0.988),) * 5,
    )
    mixture = truth.fit(found_by=(0, 1))
    persons, _ = truth.expected()
    found, _ = truth.found((0, 1))
    assert mixture.matches == pytest.approx(persons[found].sum(), rel=0.05)
    for number, person in enumerate(truth.person):
        assert mixture.levels[number][PERSON][1:] == pytest.approx(person, abs=0.06), number


def test_priors_are_worth_as_many_pairs_as_they_say() -> None:
    """Where it is plain which pairs are of one person; where it is not, priors also decide how many there are."""
    truth = Truth(
        person=((0.95, 0.03, 0.02),) * 4 + ((0.3, 0.3, 0.4),), non_matches=((0.0002, 0.001, 0.9988),) * 5
    )
    for strength in (400.0, truth.matches, 4 * truth.matches):
        found = truth.fit(prior_strength=strength).levels[4][PERSON][1:]
        share = truth.matches / (truth.matches + strength)
        mixed = share * np.array(truth.person[4]) + (1 - share) * np.array(SIMILAR_OR_NOT)
        assert found == pytest.approx(mixed, abs=0.01), strength


def test_it_converges_and_says_after_how_many_rounds() -> None:
    truth = TRUTHS["alike"]
    mixture = truth.fit()
    assert mixture.rounds < TrainingParameters().iterations
    more = truth.fit(iterations=500, tolerance=1e-12)
    assert more.matches == pytest.approx(mixture.matches, rel=1e-3)
    assert truth.fit(iterations=3).rounds == 3


def test_what_speaks_against_one_person_never_speaks_for_it() -> None:
    """Persons differ in the last field more often than non_matches do: a mistake of the data, and no evidence."""
    truth = Truth(
        person=((0.9, 0.05, 0.05),) * 3 + ((0.05, 0.05, 0.9),),
        non_matches=((0.002, 0.01, 0.988),) * 3 + ((0.3, 0.3, 0.4),),
    )
    assert truth.fit().match_weights()[3][3] <= 1e-9


def test_tables_are_probabilities() -> None:
    for truth in TRUTHS.values():
        for table in truth.fit().levels:
            assert table.shape[0] == len({PERSON, HOUSEHOLD, NON_MATCHES})
            assert (table > 0).all()
            assert table[:, 0] == pytest.approx(1)
            assert table[:, 1:].sum(axis=1) == pytest.approx(1)


NOTHING = PatternCounts(*(np.zeros(0, dtype=np.int64),) * 3, np.zeros(0))


@pytest.mark.parametrize(
    "observed",
    [
        NOTHING,
        PatternCounts(*(np.array([n]) for n in (0, 0, 0)), np.array([5.0])),  # nothing to compare
        PatternCounts(*(np.array([n]) for n in (0b00001_00001, 3, 0)), np.array([5.0])),  # all are equal
        PatternCounts(*(np.array([n]) for n in (0b00011_00011, 3, 7)), np.array([1e6])),  # all differ
    ],
    ids=["no pair", "nothing to compare", "all equal", "all differ"],
)
@pytest.mark.parametrize(
    "random", [NOTHING, PatternCounts(*(np.array([n]) for n in (99, 0, 0)), np.array([9.0]))]
)
@pytest.mark.parametrize("records", [1, 2, 1000])
def test_files_that_teach_nothing(observed: PatternCounts, random: PatternCounts, records: int) -> None:
    truth = Truth(person=((0.8, 0.15, 0.05),) * 2, non_matches=((0.01, 0.02, 0.97),) * 2)
    mixture = fit(
        observed, random, layout=truth.layout(), frequencies={}, all_pairs={}, records=records,
        training=TrainingParameters(),
    )  # fmt: skip
    scores = mixture.scores(np.array([0b00001_00001, 0b00011_00011, 0]), np.array([7, 7, 8]))
    assert np.isfinite(scores).all()
    assert scores[0] > scores[1]  # to agree is better than to differ, whatever was seen
    assert np.isfinite(mixture.matches)
