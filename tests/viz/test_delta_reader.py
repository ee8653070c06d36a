"""Previews of tables: read without an engine, blank where there is nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.delta_reader import MAX_CELL, first_rows, query
from customer_360.privacy import Setting, obey


def test_first_rows_are_cells_that_json_can_hold(small_lakehouse: Path) -> None:
    preview = first_rows(str(small_lakehouse / "Tables/gold/customer_360"), 20)
    assert preview is not None
    assert preview["columns"] == [
        "customer_id",
        "given_name",
        "birth_date",
        "engagement_rate",
        "source_count",
    ]
    assert sorted(preview["data"]) == [
        ["C1", "Ann", "1990-05-01", 0.1235, 1],
        ["C2", "", "", "", 4],
        ["C3", "Cy", "1985-01-31", "", 1],
    ]
    json.dumps(preview, allow_nan=False)


def test_long_text_is_cut_and_time_is_to_the_second(small_lakehouse: Path) -> None:
    preview = first_rows(str(small_lakehouse / "Tables/bronze/crm_users"), 20)
    assert preview is not None
    [[payload, deleted, time]] = preview["data"]
    assert len(payload) == MAX_CELL
    assert payload.endswith("…")
    assert (deleted, time) == (False, "2026-01-02 03:04:05+00:00")


def test_lists_are_read_as_text(small_lakehouse: Path) -> None:
    preview = first_rows(str(small_lakehouse / "Tables/silver/marketing_posts"), 1)
    assert preview is not None
    assert [row[0] for row in preview["data"]] == ["crime, love"]


def test_evidence_is_read_as_words(small_lakehouse: Path) -> None:
    preview = first_rows(str(small_lakehouse / "Tables/gold/identity_links"), 1)
    assert preview is not None
    assert preview["data"][0][-1] == "birth date: equal | 9.00; email: - | -"


@pytest.mark.parametrize("table", ["gold/not_written_yet", "silver/quarantine", "gold"])
def test_nothing_is_shown_for_an_absent_or_empty_table(small_lakehouse: Path, table: str) -> None:
    dataset = DeltaTableDataset(filepath=str(small_lakehouse / "Tables" / table))
    assert dataset.preview() is None


def test_the_dataset_shows_as_many_rows_as_asked(small_lakehouse: Path) -> None:
    dataset = DeltaTableDataset(filepath=str(small_lakehouse / "Tables/gold/customer_360"))
    assert len(dataset.preview()["data"]) == 3
    assert len(dataset.preview(nrows=2)["data"]) == 2


def test_previews_mask_values_of_persons_unless_the_setting_shows_them(small_lakehouse: Path) -> None:
    dataset = DeltaTableDataset(filepath=str(small_lakehouse / "Tables/gold/customer_360"))
    masked = [
        ["C1", "A••", "1•••••••••", 0.1235, 1],
        ["C2", "", "", "", 4],
        ["C3", "C•", "1•••••••••", "", 1],
    ]
    assert sorted(dataset.preview()["data"]) == masked
    obey(Setting(value=True))
    try:
        assert sorted(dataset.preview()["data"])[0] == ["C1", "Ann", "1990-05-01", 0.1235, 1]
    finally:
        obey(Setting())


def test_a_broken_query_names_its_tables(small_lakehouse: Path) -> None:
    with pytest.raises(DatasetError, match="query over customers failed"):
        query(
            {"customers": str(small_lakehouse / "Tables/gold/customer_360")}, "SELECT nothing FROM customers"
        )


def test_a_preview_starts_no_engine(small_lakehouse: Path) -> None:
    table = small_lakehouse / "Tables/gold/customer_360"
    code = (
        "import sys\n"
        "from customer_360.datasets.delta import DeltaTableDataset\n"
        f"assert DeltaTableDataset(filepath={str(table)!r}).preview()\n"
        "from customer_360.engine import running_engine\n"
        "assert running_engine() is None\n"
        "assert not [name for name in ('pysail', 'grpc') if name in sys.modules]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=280)
