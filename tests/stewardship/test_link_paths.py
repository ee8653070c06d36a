from __future__ import annotations

from typing import Any

import pytest

from customer_360.stewardship.link_paths import is_pooled, surest_way, why_together


def link(left: str, right: str, probability: float, **more: Any) -> dict[str, Any]:
    sides = zip(
        ("left_source", "left_key", "right_source", "right_key"),
        [*left.split(":"), *right.split(":")],
        strict=True,
    )
    return {**dict(sides), "method": "match_weight", "match_weight": 1.0, "probability": probability, **more}


CHAIN = [
    link("a:1", "a:2", 0.9),
    link("a:2", "a:3", 0.99),
    link("a:1", "a:4", 0.95),
    link("a:3", "a:4", 0.97),
]


@pytest.mark.parametrize(
    ("links", "way"),
    [
        (CHAIN, [0.95, 0.97]),  # its weakest link is surer than that of the other way
        (CHAIN[:2], [0.9, 0.99]),
        ([link("a:1", "a:3", 0.7)], [0.7]),
        (CHAIN[:1], []),
        ([], []),
    ],
)
def test_the_surest_way(links: list[dict[str, Any]], way: list[float]) -> None:
    assert [one["probability"] for one in surest_way(("a", "1"), ("a", "3"), links)] == way


@pytest.mark.parametrize(
    ("row", "pooled"),
    [
        (link("a:1", "a:2", 0.3, match_weight=-1.2), True),  # of a table that does not say it yet
        (link("a:1", "a:2", 0.3, match_weight=-1.2, joined_by="pooled_evidence"), True),
        (link("a:1", "a:2", 0.6, joined_by="pooled_evidence"), True),  # thresholds.link is above
        (link("a:1", "a:2", 0.9, joined_by="own_evidence"), False),
        (link("a:1", "a:2", 1.0, method="decision", match_weight=None, joined_by="decision"), False),
        (link("a:1", "a:2", 1.0, method="number", match_weight=None), False),
    ],
)
def test_which_links_need_the_others(row: dict[str, Any], pooled: bool) -> None:
    assert is_pooled(row) == pooled
    assert (why_together(row, []) is not None) == pooled


def test_without_a_way() -> None:
    row = link("a:1", "a:2", 0.3, joined_by="pooled_evidence")
    assert (why_together(row, [row]) or "").endswith("customer's records say, no single link being enough.")
