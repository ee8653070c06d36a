"""The identity model's parameters: words of earlier versions are refused with those that took their place."""

from __future__ import annotations

from typing import Any

import pytest
from enrichment_frames import identity
from pydantic import ValidationError

from customer_360.parameters import IdentityModel


def plain() -> dict[str, Any]:
    return identity().model_dump()


def test_the_model_that_comes_along_is_allowed() -> None:
    assert IdentityModel.model_validate(plain()) == identity()


def test_a_former_setting_names_the_new_one() -> None:
    model = plain()
    model["rarities"] = model.pop("term_frequencies")
    with pytest.raises(ValidationError, match=r"identity\.rarities is called identity\.term_frequencies now"):
        IdentityModel.model_validate(model)


@pytest.mark.parametrize("place", ["comparisons", "rules", "blocking"])
def test_a_former_feature_names_the_new_one(place: str) -> None:
    model = plain()
    sql = "l.email = r.email AND l.email_rarity > 3"
    if place == "comparisons":
        model[place][0]["levels"][0]["when"] = sql
    elif place == "rules":
        model[place] = [{"name": "rare", "action": "link", "when": sql}]
    else:
        model[place]["rules"][0]["keys"] = ["CASE WHEN email_rarity > 3 THEN email END"]
    with pytest.raises(ValidationError, match="the feature email_rarity is called email_frequency_bin now"):
        IdentityModel.model_validate(model)


def test_a_word_that_only_ends_so_is_no_former_feature() -> None:
    model = plain()
    model["comparisons"][0]["levels"][0]["name"] = "great_rarity"
    IdentityModel.model_validate(model)
