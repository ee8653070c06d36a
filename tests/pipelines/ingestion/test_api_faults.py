"""Every fault of an API: nothing of the pull is written, the error is clear, and the next run succeeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from kedro.io import DataCatalog, MemoryDataset
from kedro.io.core import DatasetError
from kedro.runner import SequentialRunner
from pyspark.sql import SparkSession
from support.configuration import loader_of
from support.runs import PROJECT, content, tables

from customer_360.parameters.cleaning import CleaningParameters
from customer_360.parameters.ingestion import IngestionParameters
from customer_360.pipelines.ingestion import create_pipeline
from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.faults import Faults

PEOPLE = 25
IMPATIENT = {
    "timeouts": {"connect": 5, "read": 1},
    "retries": {"max_attempts": 2, "backoff_initial": 0.001, "retry_after_max": 2, "max_wait": 1.5},
    "pagination": {"style": "offset", "page_size": 10},
}

# `after=1`: the first page comes well, so that something could have been written
# Of each way to fail one in the default tests: refused, no answer, no whole body, no whole source.
OF_EACH_KIND = ("401", "time-out", "cut body", "total too high from the start", "repeated page")
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "500": ({"status": 500}, "gave up after 2 attempts; the last one: 500 Internal Server Error"),
    "503": ({"status": 503}, "503 Service Unavailable"),
    "429": ({"status": 429, "retry_after": 1}, "longer than this run may wait (retries.max_wait: 1.5 s)"),
    "429 for an hour": ({"status": 429, "retry_after": 3600}, "asks to wait 3,600 s"),
    "401": ({"status": 401}, "401 Unauthorized; check the dataset's credentials"),
    "404": ({"status": 404}, "404 Not Found; check base_url and resource"),
    "time-out": ({"delay": 1.5}, "no answer within 1 s"),
    "cut body": ({"cut_body": True}, "cut short"),
    "not JSON": ({"not_json": True}, "not JSON"),
    "total too high": ({"total_off_by": 3}, "the total changed from 25 to 28"),
    "total too low": ({"total_off_by": -20}, "the total changed from 25 to 5"),
    "total too high from the start": ({"total_off_by": 3, "after": 0}, "expected 28 records, got 25"),
    "total too low from the start": ({"total_off_by": -20, "after": 0}, "expected 5 records, got 10"),
    "repeated page": ({"repeat_page": True}, "the same page came twice"),
    "a record shown twice": ({"hide": 17}, "1 of 20 records came a second time (the same 'id')"),
    "other shape": ({"records_key": "people"}, "expected an array of records at 'users'"),
}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[LoopbackApi]:
    users = [{"id": n, "firstName": "A", "lastName": f"B{n}", "password": "s"} for n in range(1, PEOPLE + 1)]
    files = {"users": users, "posts": [{"id": 1, "title": "t", "tags": [], "userId": 1}]}
    for name, records in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(records))
    with LoopbackApi({name: tmp_path / f"{name}.json" for name in files}) as server:
        yield server


@cache
def project_configuration() -> str:
    """The project's catalog and parameters as JSON, read once, with two words for what differs from test to test."""
    runtime = {"lakehouse": "LAKEHOUSE", "crm_url": "API_URL", "marketing_url": "API_URL"}
    loader = loader_of(PROJECT, "local", **runtime)
    return json.dumps({name: loader[name] for name in ("catalog", "parameters")})


def ingest(lakehouse: Path, api: LoopbackApi, run_id: str) -> None:
    """The project's own catalog and pipeline; only the patience of the two APIs is less."""
    text = project_configuration().replace("LAKEHOUSE", lakehouse.as_posix()).replace("API_URL", api.url)
    configuration, parameters = json.loads(text).values()
    for name in ("source_crm_users", "source_marketing_posts"):
        configuration[name] = {**configuration[name], **IMPATIENT}
    catalog = DataCatalog.from_config(configuration)
    ingestion = IngestionParameters.model_validate(parameters["ingestion"])
    cleaning = CleaningParameters.model_validate(parameters["cleaning"])
    catalog["params:ingestion"] = MemoryDataset(ingestion, copy_mode="assign")
    catalog["params:cleaning"] = MemoryDataset(cleaning, copy_mode="assign")
    catalog["run_id"] = MemoryDataset(run_id)
    catalog["run_time"] = MemoryDataset(datetime.now(UTC), copy_mode="assign")
    apis = create_pipeline().only_nodes("ingest_crm_users", "ingest_marketing_posts")
    try:
        SequentialRunner().run(apis, catalog)
    finally:
        for name in ("source_crm_users", "source_marketing_posts"):
            catalog.release(name)


def row_count(lakehouse: Path, table: str) -> int:
    return len(DeltaTable(str(lakehouse / "Tables" / table)).to_pyarrow_table())


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        pytest.param(*case, id=name, marks=() if name in OF_EACH_KIND else pytest.mark.long)
        for name, case in FAULTS.items()
    ],
)
def test_a_fault_writes_nothing_and_the_next_run_succeeds(
    spark: SparkSession, api: LoopbackApi, tmp_path: Path, fault: dict[str, Any], message: str
) -> None:
    lakehouse = tmp_path / "lakehouse"
    api.faults = Faults(**{"after": 1, **fault, "resource": "users"})
    with pytest.raises(DatasetError) as caught:
        ingest(lakehouse, api, "r1")
    assert f"{api.url}/users: " in str(caught.value)
    assert message in str(caught.value)
    assert "B1" not in str(caught.value), "the message shows a record"
    assert "bronze/crm_users" not in tables(lakehouse)
    assert [path for path in files_of(lakehouse) if "crm_users" in path] == []
    api.faults = None
    ingest(lakehouse, api, "r2")
    assert row_count(lakehouse, "bronze/crm_users") == PEOPLE
    assert row_count(lakehouse, "bronze/marketing_posts") == 1


def test_a_fault_leaves_what_is_known_as_it_is(spark: SparkSession, api: LoopbackApi, tmp_path: Path) -> None:
    lakehouse = tmp_path / "lakehouse"
    ingest(lakehouse, api, "r1")
    files, rows = files_of(lakehouse / "Tables"), content(spark, lakehouse)
    api.faults = Faults(cut_body=True, after=1)
    with pytest.raises(DatasetError):
        ingest(lakehouse, api, "r2")
    assert files_of(lakehouse / "Tables") == files
    api.faults = None
    ingest(lakehouse, api, "r3")
    assert content(spark, lakehouse) == rows


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 429, "retry_after": 1}, {"cut_body": True}, {"hide": 17}]
)
def test_a_fault_that_passes_is_waited_out(
    spark: SparkSession, api: LoopbackApi, tmp_path: Path, fault: dict[str, Any]
) -> None:
    api.faults = Faults(**fault, resource="users", after=1, times=1)
    ingest(tmp_path / "lakehouse", api, "r1")
    assert row_count(tmp_path / "lakehouse", "bronze/crm_users") == PEOPLE
