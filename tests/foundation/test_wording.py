from __future__ import annotations

import pytest

from customer_360.foundation.wording import counted, noun


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 records"), (1, "1 record"), (2, "2 records"), (1_200, "1,200 records")]
)
def test_a_number_and_its_noun(number: int, text: str) -> None:
    assert counted(number, "record") == text


def test_words_that_take_no_s() -> None:
    assert [noun(number, "was", "were") for number in (0, 1, 2)] == ["were", "was", "were"]
