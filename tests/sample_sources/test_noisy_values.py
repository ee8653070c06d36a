from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.sample_sources import noisy_values
from customer_360.sample_sources.vocabulary import FEMALE


@given(text=st.text("abcdef", min_size=1, max_size=12), seed=st.integers(0, 1000))
def test_a_typo_is_at_most_two_characters_away_and_keeps_the_first(text: str, seed: int) -> None:
    noisy = noisy_values.typo(text, Random(seed))
    assert noisy[0] == text[0]
    assert abs(len(noisy) - len(text)) <= 1
    assert noisy != "" and (len(noisy) != len(text) or noisy != text)


@pytest.mark.parametrize("seed", range(30))
def test_another_phone_format_keeps_the_number(seed: int) -> None:
    noisy = noisy_values.phone_format("+1 212-555-0123", Random(seed))
    digits = "".join(letter for letter in noisy if letter.isdigit())
    assert "2125550123" in digits


@pytest.mark.parametrize("seed", range(20))
def test_email_case_keeps_the_mailbox(seed: int) -> None:
    assert (
        noisy_values.email_case("ann.lee7@example.com", Random(seed)).strip().lower()
        == "ann.lee7@example.com"
    )


@pytest.mark.parametrize("seed", range(20))
def test_email_typo_is_another_address(seed: int) -> None:
    noisy = noisy_values.email_typo("ann.lee7@example.com", Random(seed))
    assert noisy != "ann.lee7@example.com" and noisy.count("@") == 1


@pytest.mark.parametrize(("given_name", "expected"), [("Susan", {"Sue", "Susie"}), ("Xanthe", {"X."})])
def test_nickname(given_name: str, expected: set[str]) -> None:
    assert {noisy_values.nickname(given_name, FEMALE, Random(seed)) for seed in range(20)} == expected


@pytest.mark.parametrize("seed", range(10))
def test_out_of_range_is_on_no_map(seed: int) -> None:
    latitude, longitude = noisy_values.out_of_range(10.0, 20.0, Random(seed))
    assert abs(latitude) > 90 or abs(longitude) > 180
