from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from customer_360.parameters import MaintenanceParameters, RunSettingsError, read_group


def test_the_file_says_what_the_program_takes_without_it(project: Path) -> None:
    read = yaml.safe_load((project / "conf/base/parameters_maintenance.yml").read_text())
    assert read_group("maintenance", read) == read_group("maintenance", {}) == MaintenanceParameters()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"retention_hours": 23},
            "retention_hours=23 would take files from those who still read .* 24 is the least",
        ),
        ({"retention_hours": 0}, "maintenance.allow_shorter_retention=true"),
        (
            {"retention_hours": -1, "allow_shorter_retention": True},
            "maintenance.retention_hours: input should be",
        ),
        ({"retention_hours": 800}, "log_retention_hours=720 is less than retention_hours=800"),
        (
            {"retention": 800},
            "maintenance.retention: there is no such setting. Did you mean 'retention_hours'",
        ),
        ({"keyed_file_mb": 0}, "maintenance.keyed_file_mb: input should be greater"),
    ],
)
def test_what_cannot_be_used_is_said(given: dict[str, Any], message: str) -> None:
    with pytest.raises(RunSettingsError, match=message):
        read_group("maintenance", {"maintenance": given})


def test_a_shorter_retention_can_be_allowed() -> None:
    given = {"retention_hours": 0, "allow_shorter_retention": True, "log_retention_hours": 0}
    assert read_group("maintenance", {"maintenance": given}) == MaintenanceParameters(**given)
