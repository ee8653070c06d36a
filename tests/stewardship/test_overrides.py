from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.stewardship.overrides import apply_overrides

Decision = tuple[str, str, str, int | None]


def row(word: str, left: str, right: str, day: int | None = None) -> dict[str, Any]:
    return {
        "decision": word, "left_source": "s", "left_key": min(left, right), "right_source": "s",
        "right_key": max(left, right), "decided_at": day and datetime(2026, 1, day, tzinfo=UTC),
        "status": "in_force", "problem": None,
    }  # fmt: skip


def outcomes(decisions: list[Decision]) -> dict[Decision, str]:
    outcome = apply_overrides([row(*decision) for decision in decisions])
    return {
        (r["decision"], r["left_key"], r["right_key"], r["decided_at"] and r["decided_at"].day): r["status"]
        for r in outcome
    }


@pytest.mark.parametrize(
    ("decisions", "refused"),
    [
        ([("same", "a", "b", 1), ("different", "b", "c", 1)], {}),
        ([("same", "a", "b", 1), ("different", "a", "b", 2)], {("same", "a", "b", 1): "superseded"}),
        ([("same", "a", "b", 2), ("different", "a", "b", 1)], {("different", "a", "b", 1): "superseded"}),
        ([("same", "a", "b", 1), ("different", "a", "b", 1)], {("same", "a", "b", 1): "superseded"}),
        ([("same", "a", "b", None), ("different", "a", "b", 1)], {("same", "a", "b", None): "superseded"}),
        (
            [("same", "a", "b", 1), ("same", "b", "c", 2), ("different", "a", "c", 3)],
            {("same", "a", "b", 1): "contradicted"},
        ),
        (
            [("same", "a", "b", 2), ("same", "b", "c", 3), ("different", "a", "c", 1)],
            {("different", "a", "c", 1): "contradicted"},
        ),
        (
            [("different", "a", "d", 9), ("same", "a", "b", 8), ("same", "c", "d", 7), ("same", "b", "c", 6)],
            {("same", "b", "c", 6): "contradicted"},
        ),
    ],
)
def test_the_last_word_counts(decisions: list[Decision], refused: dict[Decision, str]) -> None:
    found = outcomes(decisions)
    assert {decision: status for decision, status in found.items() if status != "in_force"} == refused
    assert outcomes(decisions[::-1]) == found


decisions = st.lists(
    st.tuples(
        st.sampled_from(["same", "different"]), st.sampled_from("abcdef"), st.sampled_from("abcdef"),
        st.integers(1, 5),
    ).filter(lambda item: item[1] != item[2]),
    max_size=15,
)  # fmt: skip


@given(decisions)
def test_what_is_in_force_holds_together(given_: list[Decision]) -> None:
    import networkx as nx

    in_force = [d for d, status in outcomes(given_).items() if status == "in_force"]
    graph = nx.Graph([(left, right) for word, left, right, _ in in_force if word == "same"])
    graph.add_nodes_from("abcdef")
    for word, left, right, _ in in_force:
        assert word == "same" or not nx.has_path(graph, left, right)
