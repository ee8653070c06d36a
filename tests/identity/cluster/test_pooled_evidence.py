"""What pairs say together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.identity.cluster.linkage import ComponentPairs, cluster_components
from customer_360.identity.cluster.pooled_evidence import PairEvidence
from customer_360.identity.compare.layout import BITS
from customer_360.identity.score import FORBIDDEN, REQUIRED
from customer_360.identity.score.mixture import Mixture
from customer_360.parameters.identity import Comparison

EQUAL, DIFFERENT = 1, 2
# P(equal), P(different) of a name and of a birth date, for one person, one household and non-matches
NAME = np.array([[1.0, 0.95, 0.05], [1.0, 0.02, 0.98], [1.0, 0.01, 0.99]])
BIRTH = np.array([[1.0, 0.98, 0.02], [1.0, 0.01, 0.99], [1.0, 0.0001, 0.9999]])
MIXTURE = Mixture(
    (NAME, BIRTH), {0: 0.1, 1: 0.01}, household_shares={0: 0.05, 1: 0.05}, matches=1.0, rounds=1
)
EVIDENCE = PairEvidence.of(MIXTURE)


def pattern(name: int, birth: int) -> int:
    return name + (birth << BITS)


def vectors(*pairs: tuple[int, int], override: float = 0.0) -> np.ndarray:
    patterns = np.array([pattern(*pair) for pair in pairs])
    return EVIDENCE.vectors(patterns, np.zeros(len(pairs), dtype=int), np.full(len(pairs), override))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)).filter(any), min_size=1, max_size=9),
    st.integers(0, 1),
)
def test_one_pair_scores_as_the_model_scores_it(pairs: list[tuple[int, int]], source: int) -> None:
    patterns, sources = np.array([pattern(*pair) for pair in pairs]), np.full(len(pairs), source)
    found = EVIDENCE.score(EVIDENCE.vectors(patterns, sources, np.zeros(len(pairs))))
    assert found == pytest.approx(MIXTURE.scores(patterns, sources))


@given(st.tuples(st.integers(0, 2), st.integers(0, 2)).filter(any), st.integers(1, 20))
def test_the_same_said_many_times_is_no_stronger(pair: tuple[int, int], times: int) -> None:
    one, many = vectors(pair), vectors(*[pair] * times)
    assert EVIDENCE.score(many.sum(axis=0)) == pytest.approx(EVIDENCE.score(one)[0])


def test_silence_does_not_outvote_an_answer() -> None:
    """Nine records that know only the name, and one that knows another birth date."""
    silent, different = vectors((EQUAL, 0)), vectors((EQUAL, DIFFERENT))
    assert EVIDENCE.score(9 * silent[0] + different[0]) == pytest.approx(EVIDENCE.score(different)[0])
    assert EVIDENCE.score(silent)[0] > 0 > EVIDENCE.score(different)[0]


def test_nothing_to_compare_joins_nothing_and_parts_nothing() -> None:
    nothing, equal = vectors((0, 0)), vectors((EQUAL, EQUAL))
    assert EVIDENCE.score(nothing)[0] == -np.inf
    assert EVIDENCE.score(nothing[0] + equal[0]) == pytest.approx(EVIDENCE.score(equal)[0])


def test_rules_and_decisions_count_more_than_any_estimate() -> None:
    assert EVIDENCE.score(vectors((DIFFERENT, DIFFERENT), override=REQUIRED))[0] > 0
    assert EVIDENCE.score(vectors((0, 0), override=REQUIRED))[0] > 0
    forbidden = vectors((EQUAL, EQUAL), override=FORBIDDEN)[0]
    assert EVIDENCE.score(forbidden + 20 * vectors((EQUAL, EQUAL), override=REQUIRED)[0]) < 0


# P(equal), P(different) of an address for mail, of which a person may have several
MAIL = np.array([[1.0, 0.7, 0.3], [1.0, 0.1, 0.9], [1.0, 0.00001, 0.99999]])
OF_SEVERAL = PairEvidence.of(
    Mixture((NAME, MAIL), MIXTURE.person_shares, household_shares={0: 0.05, 1: 0.05}, matches=1.0, rounds=1),
    [Comparison.model_construct(several=False), Comparison.model_construct(several=True)],
)


def mail_vectors(*pairs: tuple[int, int], source: int = 0) -> list[np.ndarray]:
    patterns = np.array([pattern(*pair) for pair in pairs])
    return list(OF_SEVERAL.vectors(patterns, np.full(len(pairs), source), np.zeros(len(pairs))))


@given(st.permutations([(EQUAL, EQUAL), (EQUAL, DIFFERENT), (DIFFERENT, DIFFERENT), (EQUAL, 0)]))
def test_of_several_addresses_the_best_pair_answers(pairs: list[tuple[int, int]]) -> None:
    """In any order; of names it is the mean."""
    one, *others = mail_vectors(*pairs)
    for other in others:
        one = OF_SEVERAL.together(one, other)
    best, names = mail_vectors((EQUAL, EQUAL))[0], np.array([v[0] for v in mail_vectors(*pairs)])
    assert one[1] == best[1] and one[3] == best[3] and one[5] == 1
    assert one[0] == pytest.approx(names.sum()) and one[4] == len(pairs)


def test_a_second_address_does_not_part_a_ticket_from_its_customer() -> None:
    """A ticket from the customer's first address; the customer has a ticket from a second one already."""
    with_customer = mail_vectors((0, EQUAL), source=0)[0]
    with_ticket = mail_vectors((0, DIFFERENT), source=1)[0]
    together = OF_SEVERAL.together(with_customer, with_ticket)
    assert OF_SEVERAL.score(together) == pytest.approx(OF_SEVERAL.score(with_customer))
    assert OF_SEVERAL.score(together) > 0 > OF_SEVERAL.score(with_ticket)


def test_father_and_son_of_one_name_stay_two_persons() -> None:
    """An invoice that knows no birth date agrees with both: it goes with one, and does not join them."""
    father, son, invoice = 0, 1, 2
    pairs = {(father, son): (EQUAL, DIFFERENT), (father, invoice): (EQUAL, 0), (son, invoice): (EQUAL, 0)}
    left, right = (np.array(side) for side in zip(*pairs, strict=True))
    patterns = np.array([pattern(*said) for said in pairs.values()])
    none = np.zeros(3)
    numbers = none.astype(int)
    _, _, clusters = cluster_components(
        ComponentPairs(numbers, left, right, patterns, numbers, none), evidence=EVIDENCE
    )
    assert clusters[father] != clusters[son]
    assert clusters[invoice] in (clusters[father], clusters[son])
