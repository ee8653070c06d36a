"""What Kedro says of a parameter that cannot be used, as sentences for people."""

from __future__ import annotations

from typing import Any

import pytest
from kedro.validation import ParameterValidationError
from kedro.validation.model_factory import instantiate_model

from customer_360.parameters.enrichment import MetricsParameters
from customer_360.parameters.explain import explain_parameters
from customer_360.parameters.identity import ThresholdParameters


def report(group: str, value: dict[str, Any], model: type) -> str:
    """As Kedro puts it together."""
    with pytest.raises(ParameterValidationError) as error:
        instantiate_model(group, value, model)
    return f"Parameter validation failed:\n- Parameter '{group}': {error.value}"


@pytest.mark.parametrize(
    ("value", "sentences"),
    [
        ({"top_tags": 0}, ["metrics.top_tags: input should be greater than or equal to 1 (given: 0)."]),
        (
            {"top_tag": 1, "statuses": "open"},
            [
                "metrics.statuses: input should be a valid tuple (given: 'open').",
                "metrics.top_tag: there is no such setting. Did you mean 'top_tags'?",
            ],
        ),
        (
            {"statuses": ["closed"]},
            [
                "metrics: metrics.statuses: 'open' must be among them, open_ticket_count counts it; given: closed."
            ],
        ),
    ],
)
def test_each_problem_is_a_sentence(value: dict[str, Any], sentences: list[str]) -> None:
    assert explain_parameters(report("metrics", value, MetricsParameters)).splitlines() == sentences


def test_a_setting_of_nobody_has_no_near_name() -> None:
    said = report("mine", {"x": 1}, ThresholdParameters)
    assert explain_parameters(said) == "mine.x: there is no such setting."


def test_another_text_stays_as_it_is() -> None:
    assert explain_parameters("Something else happened.") == "Something else happened."
