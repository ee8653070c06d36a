from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.identity.evaluate import RecordsDifferError, evaluate, harmonic, main, worst


def _frame(labels: str | list[int], column: str) -> pd.DataFrame:
    keys = [str(number) for number in range(len(labels))]
    return pd.DataFrame({"source": "a", "key": keys, column: [str(label) for label in labels]})


CASES = [  # clusters, persons, precision, recall, B-cubed precision, B-cubed recall
    ("aabb", "1122", 1.0, 1.0, 1.0, 1.0),
    ("abcd", "1122", 1.0, 0.0, 1.0, 0.5),
    ("aaaa", "1122", 2 / 6, 1.0, 0.5, 1.0),
    ("aaaa", "1234", 0.0, 1.0, 0.25, 1.0),
    ("abcd", "1234", 1.0, 1.0, 1.0, 1.0),
    ("aabb", "1112", 0.5, 1 / 3, 0.75, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4),
]


@pytest.mark.parametrize(("clusters", "persons", "precision", "recall", "b_precision", "b_recall"), CASES)
def test_known_cases(  # noqa: PLR0917
    clusters: str, persons: str, precision: float, recall: float, b_precision: float, b_recall: float
) -> None:
    quality = evaluate(_frame(clusters, "cluster_id"), _frame(persons, "person"))
    assert quality.precision == pytest.approx(precision)
    assert quality.recall == pytest.approx(recall)
    assert quality.f1 == pytest.approx(harmonic(precision, recall))
    assert quality.bcubed_precision == pytest.approx(b_precision)
    assert quality.bcubed_recall == pytest.approx(b_recall)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_equals_counting_every_pair(labels: list[tuple[int, int]]) -> None:
    quality = evaluate(_frame([c for c, _ in labels], "cluster_id"), _frame([p for _, p in labels], "person"))
    pairs = [(a[0] == b[0], a[1] == b[1]) for a, b in combinations(labels, 2)]
    assert quality.false_pairs == sum(found and not real for found, real in pairs)
    assert quality.missed_pairs == sum(real and not found for found, real in pairs)


def test_many_records_in_one_cluster_are_no_square_of_many() -> None:
    size = 300_000
    keys = np.arange(size).astype(str)
    clusters = pd.DataFrame({"source": "a", "key": keys, "cluster_id": "all"})
    quality = evaluate(clusters, pd.DataFrame({"source": "a", "key": keys, "person": keys}))
    assert quality.false_pairs == size * (size - 1) // 2
    assert quality.largest == size


def test_the_same_key_in_two_sources_is_two_records() -> None:
    clusters = pd.DataFrame({"source": ["a", "b"], "key": ["1", "1"], "cluster_id": ["x", "x"]})
    truth = pd.DataFrame({"source": ["b", "a"], "key": ["1", "1"], "person": ["p", "p"]})
    assert evaluate(clusters, truth).f1 == 1.0


@pytest.mark.parametrize(
    ("clusters", "message"),
    [
        (_frame("ab", "cluster_id"), "1 records have no cluster, and 0"),
        (_frame("abcd", "cluster_id"), "0 records have no cluster, and 1"),
        (pd.concat([_frame("abc", "cluster_id"), _frame("a", "cluster_id")]), "1 records are there twice"),
        (_frame("abc", "cluster_id").assign(cluster_id=[None, "a", "b"]), "1 records have no cluster, and 0"),
    ],
)
def test_records_must_be_the_same(clusters: pd.DataFrame, message: str) -> None:
    with pytest.raises(RecordsDifferError, match=message):
        evaluate(clusters, _frame("123", "person"))


def test_worst_names_what_was_merged_and_what_was_split() -> None:
    found = worst(_frame("aaab", "cluster_id"), _frame("1233", "person"))
    assert found.to_dict("records") == [
        {"kind": "merged", "id": "a", "pairs": 3, "records": 3},
        {"kind": "split", "id": "3", "pairs": 1, "records": 2},
    ]


def test_the_command_shows_the_records_of_the_worst(
    tmp_path: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path)
    _frame("aa", "cluster_id").to_parquet(f"{folder}/clusters.parquet")
    _frame("12", "person").to_parquet(f"{folder}/truth.parquet")
    _frame(["Ann", "Bob"], "given_name").to_parquet(f"{folder}/records.parquet")  # type: ignore[arg-type]
    main([f"{folder}/clusters.parquet", f"{folder}/truth.parquet", "--records", f"{folder}/records.parquet"])
    printed = capsys.readouterr().out
    assert "merged a: 1 pairs" in printed
    assert "Ann" in printed
    assert "Bob" in printed
