"""Known records that are missing from a source are looked for once more before they count as deleted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from kedro.io import DataCatalog
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360 import schemas
from customer_360.bronze.known_keys import KNOWN_KEYS_SCHEMA
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.errors import IncompletePull
from customer_360.datasets.file_source import FileSourceDataset
from customer_360.datasets.rest import RestSourceDataset
from customer_360.datasets.staged_source import StagedSourceDataset
from customer_360.engine import DerivedTables, Pull, Scratch
from customer_360.hooks.second_look import SecondLookHooks
from customer_360.parameters.ingestion import IngestionParameters, SourceIngestion
from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.faults import Faults

PEOPLE = 25
LOG = schemas.BRONZE.ddl
PARAMETERS = IngestionParameters(
    max_deleted_share=0.2, sources={"users": SourceIngestion(key_field="id", unique_keys=True)}
)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[LoopbackApi]:
    path = tmp_path / "users.json"
    path.write_text(json.dumps([{"id": n, "name": f"B{n}"} for n in range(PEOPLE)]))
    with LoopbackApi({"users": path}) as server:
        yield server


def users(api: LoopbackApi, staging: Path, **config: Any) -> RestSourceDataset:
    given: dict[str, Any] = {"pagination": {"style": "offset", "page_size": 10}, "key_field": "id", **config}
    return RestSourceDataset(
        base_url=api.url, resource="users", staging=str(staging), blocked_fields=["password"], **given
    )


def log_of(spark: SparkSession, pulled: DataFrame) -> DataFrame:
    """A log that has this pull, computed once: its source may change."""
    records = pulled.select("*", F.get_json_object("payload", "$.id").alias("id")).collect()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        (row.id, row.payload, sha256(row.payload.encode()).hexdigest(), "insert", row.origin, "r1", at)
        for row in records
    ]
    return spark.createDataFrame(rows, LOG)


def given_to_the_node(pulled: Any, log: DataFrame) -> dict[str, Any]:
    folder = tempfile.mkdtemp()
    tables = DerivedTables(folder)
    DeltaTableDataset(filepath=f"{folder}/Tables/bronze/users").save(log)
    return {
        "source_users": pulled,
        "previous_bronze_users": log,
        "previous_known_keys_users": log.sparkSession.createDataFrame([], KNOWN_KEYS_SCHEMA),
        "lakehouse_tables": tables,
        "ingestion_scratch": Scratch(f"{folder}/scratch"),
        "params:ingestion": PARAMETERS,
    }


def looked_at(source: StagedSourceDataset, log: DataFrame) -> DataFrame:
    """What the node gets."""
    inputs = given_to_the_node(source.load(), log)
    replaced = SecondLookHooks().before_node_run(DataCatalog({"source_users": source}), inputs)
    return Pull.of((replaced or inputs)["source_users"]).records


def ids(frame: DataFrame) -> list[int]:
    return sorted(int(json.loads(row.payload)["id"]) for row in frame.collect())


# requests of one pull: 3
LOOKS: dict[str, tuple[Faults, list[int], int, str]] = {
    "nothing is missing": (Faults(times=0), [], 3, ""),
    "hidden once, the total right": (
        Faults(lose=7, times=3),
        [],
        6,
        "1 known record was missing from the source; an immediate second reading has 1 of them",
    ),
    "gone for good": (Faults(lose=7), [7], 6, "has 0 of them"),
    "gone between the two": (Faults(lose=7, after=3), [], 3, ""),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_only_what_is_missing_twice_is_gone(
    spark: SparkSession,
    api: LoopbackApi,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    look: tuple[Faults, list[int], int, str],
) -> None:
    faults, gone, requests, said = look
    source = users(api, tmp_path / "staging")
    log = log_of(spark, source.load())
    before = api.requests_seen
    api.faults = faults
    found = looked_at(source, log)
    assert ids(found) == [n for n in range(PEOPLE) if n not in gone]
    assert found.columns == ["payload", "origin"]
    assert api.requests_seen == before + requests
    assert said in caplog.text
    source.release()


def test_each_of_two_pulls_hides_another_one(spark: SparkSession, api: LoopbackApi, tmp_path: Path) -> None:
    source = users(api, tmp_path / "staging")
    log = log_of(spark, source.load())
    api.faults = Faults(lose=7, times=3)
    pulled = source.load()
    api.faults = Faults(lose=20)
    inputs = given_to_the_node(pulled, log)
    replaced = SecondLookHooks().before_node_run(DataCatalog({"source_users": source}), inputs)
    assert replaced is not None
    assert ids(replaced["source_users"].records) == list(range(PEOPLE))
    source.release()


def test_a_source_may_be_believed_at_once(spark: SparkSession, api: LoopbackApi, tmp_path: Path) -> None:
    source = users(api, tmp_path / "staging", second_look=False)
    log = log_of(spark, source.load())
    api.faults = Faults(lose=7)
    assert len(ids(looked_at(source, log))) == PEOPLE - 1
    source.release()


def test_a_file_without_its_last_line_break_is_doubted(
    spark: SparkSession, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "users.csv"
    source = FileSourceDataset(
        filepath=str(path),
        format="csv",
        staging=str(tmp_path / "staging"),
        blocked_fields=[],
        quiet_seconds=0.001,
    )
    rows = "".join(f"{n},B{n}\n" for n in range(PEOPLE))
    path.write_text(f"id,name\n{rows}".rstrip("\n"))
    log = log_of(spark, source.load())
    assert len(ids(looked_at(source, log))) == PEOPLE  # known as it is
    path.write_text(f"id,name\n{rows}"[:-2])
    assert len(ids(looked_at(source, log))) == PEOPLE  # nothing is missing: told
    assert "its last line has no line break" in caplog.text
    path.write_text(f"id,name\n{rows}"[:-9])
    with pytest.raises(IncompletePull, match="lacks 1 of the known records; its last line has no line break"):
        looked_at(source, log)
    for whole in (f"id,name\n{rows}"[:-7], f"id,name\n{rows}"[:-8]):  # the last row is known as it is
        path.write_text(whole)
        assert len(ids(looked_at(source, log))) == PEOPLE - 1
    source.release()
