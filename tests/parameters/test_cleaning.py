from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from sources.bronze_frames import CLEANING
from support.configuration import PARAMETERS

from customer_360.parameters.cleaning import CleaningParameters
from customer_360.parameters.ingestion import IngestionParameters
from customer_360.sources import SOURCES


def edited(edit: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    given: dict[str, Any] = copy.deepcopy(PARAMETERS["cleaning"])
    edit(given)
    return given


RULE = {"name": "a", "severity": "error", "check": "true"}


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda p: p["settings"].update(defualt_region="DE"), "defualt_region"),
        (lambda p: p["settings"].update(default_region="Germany"), "default_region"),
        (lambda p: p["settings"].update(date_patterns=["yyyy-QQ"]), "date_patterns"),
        (lambda p: p["settings"]["vocabularies"]["gender"]["synonyms"].update(x="other"), "lead to other"),
        (lambda p: p["sources"].update(crm={"rules": [RULE, RULE]}), "within a source; repeated: a"),
        (lambda p: p["sources"].update(crm={"rules": [{**RULE, "severity": "fatal"}]}), "severity"),
        (lambda p: p["sources"].update(crm={"rules": [{**RULE, "name": "No Name"}]}), "name"),
        (lambda p: p["sources"].update(crm={"rule": []}), "rule"),
    ],
)
def test_a_mistake_in_the_file_stops_before_any_node(edit: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CleaningParameters.model_validate(edited(edit))


def test_every_source_has_rules_and_every_rule_says_why() -> None:
    for source in SOURCES:
        rules = CLEANING.rules(source.name)
        assert {"malformed"} <= {rule.name for rule in rules if rule.severity == "error"}
        assert [rule.name for rule in rules if not rule.description] == []


def test_a_source_or_vocabulary_without_entry_names_the_file_to_edit() -> None:
    with pytest.raises(KeyError, match=r"no entry for 'loyalty'.*sources/loyalty.yml"):
        CLEANING.rules("loyalty")
    with pytest.raises(KeyError, match=r"no 'tier'.*parameters_cleaning.yml"):
        CLEANING.settings.vocabulary("tier")


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_is_between_0_and_1(share: float) -> None:
    with pytest.raises(ValidationError, match="max_deleted_share"):
        IngestionParameters.model_validate({"max_deleted_share": share, "sources": {}})
