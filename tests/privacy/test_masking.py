from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_360.privacy.masking import DOT, compared, masked, masked_beside


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("Sofia", "Sophia", ("S•f••", "S•ph••", "similar")),
        ("1980-03-12", "1980-03-17", ("1••••••••2", "1••••••••7", "similar")),
        ("Tim", "Tom", ("Ti•", "To•", "similar")),
        ("Anna", "Peter", ("A•••", "P••••", "different")),
        ("Al", "Bo", ("A•", "B•", "different")),
        ("Ann", "Ann", ("A••", "A••", "same")),
        (12, "12", ("1•", "1•", "same")),
        ("Ann", None, ("A••", "", None)),
        ("", "Ann", ("", "A••", None)),
        (None, None, ("", "", None)),
    ],
)
def test_two_values(left: object, right: object, shown: tuple[str, str, str | None]) -> None:
    assert tuple(compared(left, right)) == shown


@settings(deadline=None)
@given(st.text(min_size=2, max_size=60))
def test_a_mask_shows_one_character(text: str) -> None:
    assert set(masked(text)[1:]) == {DOT} and len(masked(text)) == len(text)


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_more_than_a_third_is_shown_and_the_same_looks_the_same(one: str, other: str) -> None:
    found = compared(one, other)
    for value, mask in ((one, found.left), (other, found.right)):
        assert len(mask) == len(value)
        shown = [a for a, b in zip(value, mask, strict=True) if a == b != DOT]
        assert len(shown) <= 1 + max(len(one), len(other)) / 3
    assert (found.left == found.right) or one != other


def test_a_long_text_is_told_by_its_length() -> None:
    assert masked("x" * 1234) == "x••••••••• (1,234 characters)"


def test_beside_another() -> None:
    assert masked_beside("Ann", "Ann") == "A•• ="
    assert masked_beside("Anne", "Ann") == "A••e"
    assert masked_beside("Ann", None) == "A••"
