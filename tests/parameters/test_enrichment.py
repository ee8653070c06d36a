from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from enrichment_frames import configured, linking, metrics, profile
from pydantic import BaseModel, ValidationError

from customer_360.parameters.enrichment import (
    AttributeSource,
    LinkingParameters,
    MetricsParameters,
    ProfileParameters,
    ReviewParameters,
    ticket_column,
)

MODELS: dict[str, type[BaseModel]] = {
    "linking": LinkingParameters,
    "profile": ProfileParameters,
    "metrics": MetricsParameters,
    "review": ReviewParameters,
}


def test_what_is_shipped() -> None:
    assert set(configured()) == set(MODELS)
    assert linking().anchor == "crm"
    assert [linking().policy(source) for source in ("erp", "marketing", "loyalty")] == [
        "own_customer",
        "stay_unlinked",
        "stay_unlinked",
    ]
    assert profile().attributes["phone"] == (AttributeSource(source="crm"),)
    assert [item.source for item in profile().lineage()["street"]] == ["erp", "crm"]
    assert ReviewParameters.model_validate(configured()["review"]) == ReviewParameters(show_values=None)
    assert metrics() == MetricsParameters()


MISTAKES: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("linking", "anker"), "crm", "Extra inputs are not permitted"),
    (("linking", "rules", 0, "normalise"), "phone", "'number', 'email' or 'text'"),
    (("linking", "rules"), 2 * [configured()["linking"]["rules"][0]], "unique; repeated: post_author"),
    (("linking", "rules", 0, "name"), "anchor", "give the rule another name"),
    (("linking", "rules", 0, "source"), "crm", "links the anchor 'crm'"),
    (("linking", "rules", 0, "target"), "marketing", "marketing cannot be linked"),
    (("linking", "rules", 0, "target"), "shop", "marketing cannot be linked"),
    (("linking", "rules", 0, "source"), "erp", "erp cannot have rules"),
    (("linking", "persons"), {"erp": {"email": "email"}}, "the anchor 'crm' must be among them"),
    (("linking", "rules", 0, "confidence"), 1.5, "less than or equal to 1"),
    (("linking", "unlinked", "crm"), "own_customer", "the anchor 'crm' has no unlinked records"),
    (("linking", "unlinked", "erp"), "drop", "'own_customer' or 'stay_unlinked'"),
    (("profile", "attributes", "street"), ["crm"], "declared more than once: street"),
    (("profile", "attributes", "email_source"), ["crm"], "columns of the profile already: email_source"),
    (("profile", "attributes", "crm_key"), ["crm"], "columns of the profile already: crm_key"),
    (("profile", "attributes", "phone"), ["crm", "crm"], "'phone' lists a source twice: crm, crm"),
    (("profile", "attributes", "phone"), [], "at least 1 item"),
    (("profile", "groups", "address", "same_place"), ["town"], "address.same_place: town not among"),
    (("profile", "groups", "address", "requires"), ["town"], "address.requires: town not among"),
    (("profile",), {"keys": ["crm"]}, "neither an attribute nor a group"),
    (("metrics", "statuses"), ["new", "closed"], "'open' must be among them"),
    (("metrics", "categories"), ["closed"], "give a column twice: closed_ticket_count"),
    (("metrics", "categories"), ["unknown status"], "give a column twice: unknown_status_ticket_count"),
    (("metrics", "top_tags"), 0, "greater than or equal to 1"),
]


@pytest.mark.parametrize(("path", "value", "message"), MISTAKES)
def test_mistakes_are_refused_with_what_is_wrong(
    path: tuple[str | int, ...], value: Any, message: str
) -> None:
    plain: Any = deepcopy(configured())
    where = plain
    for step in path[:-1]:
        where = where[step]
    where[path[-1]] = value
    with pytest.raises(ValidationError, match=message):
        MODELS[str(path[0])].model_validate(plain[str(path[0])])


@pytest.mark.parametrize(
    ("word", "column"), [("open", "open_ticket_count"), ("In work!", "in_work_ticket_count")]
)
def test_words_become_columns(word: str, column: str) -> None:
    assert ticket_column(word) == column
