from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.stewardship.explain import percent, sentence, side_by_side, waterfall

EVIDENCE = [
    {"comparison": "city", "level": "differs", "weight": -1.4},
    {"comparison": "surname", "level": "equal, rare", "weight": 7.1},
    {"comparison": "e-mail", "level": "equal", "weight": 9.8},
    {"comparison": "birth_date", "level": "missing", "weight": 0.0},
]
LINK: dict[str, Any] = {
    "method": "match_weight", "match_weight": 12.3, "probability": 0.9998, "evidence": EVIDENCE,
}  # fmt: skip


def test_the_line_that_the_readme_promises() -> None:
    assert sentence(LINK) == "e-mail equal +9.8, surname equal, rare +7.1, city differs -1.4: 99.98 %"


def test_the_waterfall_begins_before_and_ends_at_the_whole() -> None:
    assert waterfall(LINK) == [
        "before comparing       -3.2  ░░░░░",
        "e-mail equal           +9.8  ██████████████",
        "surname equal, rare    +7.1                ██████████",
        "birth date missing     +0.0                          █",
        "city differs           -1.4                        ░░",
        "together              +12.3  99.98 %",
    ]


def test_a_rule_needs_no_weights() -> None:
    link = {"method": "erp_customer_number", "match_weight": None, "probability": 1.0, "evidence": []}
    assert sentence(link) == "rule erp_customer_number: 100 %"
    assert waterfall(link) == [sentence(link)]


def test_nothing_to_compare() -> None:
    assert sentence(LINK | {"evidence": None}) == "nothing speaks for or against: 99.98 %"


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (None, "probability unknown"), (1.0, "100 %"), (0.999999, "over 99.99 %"), (0.9998, "99.98 %"),
        (0.5, "50 %"), (0.00001, "under 0.01 %"), (0.0, "0 %"),
    ],
)  # fmt: skip
def test_percent_is_never_surer_than_the_probability(probability: float | None, text: str) -> None:
    assert percent(probability) == text


@given(st.lists(st.floats(-30, 30), max_size=8), st.floats(-30, 30))
def test_every_step_is_a_line(weights: list[float], total: float) -> None:
    evidence = [{"comparison": f"c{n}", "level": "equal", "weight": w} for n, w in enumerate(weights)]
    lines = waterfall(LINK | {"evidence": evidence, "match_weight": total})
    assert len(lines) - 1 - len(weights) in (0, 1)
    assert all(len(line) < 80 for line in lines)


def test_values_are_masked_unless_asked_for() -> None:
    left, right = {"email": "ann@x.io", "city": None, "phone": None}, {"email": "an@x.io", "city": "Ulm"}
    hidden = "\n".join(side_by_side(left, right, show_values=False))
    assert hidden == "email  an••••••  a••••••  similar\ncity             U••"
    shown = side_by_side(left, right, show_values=True)
    assert shown == ["email  ann@x.io  an@x.io  similar", "city             Ulm"]
    assert side_by_side({}, {"a": None}, show_values=True) == []
