"""`kedro run` as people type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.runs import kedro


def test_verbose_brings_kedros_log_back(tmp_path: Path) -> None:
    arguments = ("--pipelines", "ingestion", "--params", f"lakehouse={tmp_path},sample_customers=40")
    result = kedro("run", "--verbose", *arguments)
    assert result.returncode == 0, result.stderr
    assert "INFO kedro.io.data_catalog: Loading data from source_crm_users" in result.stderr
    assert "✓" in result.stdout


@pytest.mark.long
def test_a_source_that_shrank_can_be_accepted_with_the_setting_that_the_message_names(tmp_path: Path) -> None:
    def ingest(extra: str = "") -> tuple[int, str]:
        parameters = f"lakehouse={tmp_path},sample_customers=60{extra}"
        result = kedro("run", "--pipeline", "ingestion", "--params", parameters)
        return result.returncode, result.stderr

    assert ingest()[0] == 0
    file = tmp_path / "Files" / "landing" / "support_tickets.json"
    tickets = json.loads(file.read_text())
    file.write_text(json.dumps(tickets[::2]))
    code, message = ingest()
    assert code == 1
    assert message.count("known records are missing") == 1, "the reason is said once"
    assert "run once with --params ingestion.max_deleted_share=1" in message
    assert "Traceback" not in message
    assert ingest(",ingestion.max_deleted_share=1")[0] == 0


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ingestion.max_deleted_shar=1", "max_deleted_shar"),
        ("ingestion.max_deleted_share=2", "less than or equal to 1"),
        ("cleaning.settings.default_region=USA", "default_region"),
    ],
)
def test_a_misspelt_parameter_stops_with_one_message(tmp_path: Path, setting: str, message: str) -> None:
    result = kedro("run", "--params", f"lakehouse={tmp_path},{setting}")
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "Tables").exists()


def test_nothing_is_sent_to_anybody(tmp_path: Path) -> None:
    """Kedro brings a telemetry plugin; it must be off also without the variable that tests and make set."""
    result = kedro("run", "--params", f"lakehouse={tmp_path},engine=duck", DO_NOT_TRACK="")
    assert "engine: input should be" in result.stderr
    assert "usage data" not in result.stdout + result.stderr
    assert "Heap" not in result.stdout + result.stderr
