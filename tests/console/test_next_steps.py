from __future__ import annotations

from typing import Any

import pytest

from customer_360.console.next_steps import Given, next_steps
from customer_360.parameters.run import RunSettings


def commands(typed: dict[str, Any], *, lakehouse: str | None = None, env: str | None = None) -> list[str]:
    settings = RunSettings.model_validate({"sources": "sample", **typed})
    return [command for command, _ in next_steps(Given(settings, typed, lakehouse, env))]


@pytest.mark.parametrize(
    ("typed", "lakehouse", "expected"),
    [
        (
            {},
            None,
            ["kedro viz run", "kedro run --params sample_customers=5000", "kedro run --params engine=spark"],
        ),
        (
            {"lakehouse": "/tmp/x"},
            "/tmp/x",
            [
                "kedro viz run --params lakehouse=/tmp/x",
                "kedro run --params sample_customers=5000,lakehouse=/tmp/x-5000-360",
                "kedro run --params engine=spark,lakehouse=/tmp/x",
            ],
        ),
        (
            {"sample_customers": 60, "sample_seed": 7},
            "data/lakehouse-60-7",
            [
                "kedro viz run --params lakehouse=data/lakehouse-60-7",
                "kedro run --params sample_customers=5000,sample_seed=7",
                "kedro run --params engine=spark,sample_customers=60,sample_seed=7",
            ],
        ),
        (
            {"sample_customers": 5_000, "engine": "spark"},
            "data/lakehouse-5000-360",
            ["kedro viz run --params lakehouse=data/lakehouse-5000-360"],
        ),
        (
            {"sources": "live", "crm_url": "https://x", "lakehouse": "data/live"},
            "data/live",
            ["kedro viz run --params lakehouse=data/live"],
        ),
    ],
)
def test_hints_are_about_what_was_run(
    typed: dict[str, Any], lakehouse: str | None, expected: list[str]
) -> None:
    assert commands(typed, lakehouse=lakehouse) == expected


def test_hints_carry_the_environment() -> None:
    assert commands({"sources": "live"}, env="my env") == ["kedro viz run --env 'my env'"]
