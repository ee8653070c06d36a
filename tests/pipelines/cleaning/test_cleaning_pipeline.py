"""The conservation law on noise, and the pipeline over a hand-built catalog."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from pyspark.sql import DataFrame, SparkSession
from sources.bronze_frames import CLEANING, NOW, bronze
from support.bronze_log import collected
from support.runs import read

from customer_360 import schemas
from customer_360.bronze import BRONZE_COLUMNS, ComparedPull, pull_changes
from customer_360.bronze.known_keys import KNOWN_KEYS_SCHEMA
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.derived_tables import HandedOnDataset
from customer_360.datasets.files import CsvFile, JsonArrayFile
from customer_360.datasets.staging import RecordWriter
from customer_360.engine.derived import DerivedTables
from customer_360.engine.scratch import Scratch
from customer_360.parameters.ingestion import IngestionParameters, SourceIngestion
from customer_360.pipelines.cleaning import create_pipeline
from customer_360.quality import ReconciliationError
from customer_360.sample_sources.files import SampleFiles
from customer_360.sample_sources.generator import generate
from customer_360.sample_sources.noise import Noise
from customer_360.sources import SOURCES

KEYS = {"crm": "id", "erp": "cust_number", "marketing": "id", "support": "ticket_id"}
INGESTION = IngestionParameters(
    max_deleted_share=1,
    sources={source.table: SourceIngestion(key_field=KEYS[source.name]) for source in SOURCES},
)
NAMES = tuple(source.name for source in SOURCES)
EMPTY_LOG = schemas.BRONZE.ddl
SLOW = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def change_log(spark: SparkSession, records: list[Any], key_field: str) -> DataFrame:
    """What ingestion makes of these records."""
    lines = [(RecordWriter(()).line(record), "test") for record in records]
    pull = ComparedPull(
        records=spark.createDataFrame(lines, "payload STRING, origin STRING"),
        known=spark.createDataFrame([], KNOWN_KEYS_SCHEMA),
        log=spark.createDataFrame([], EMPTY_LOG),
        key_field=key_field,
        keep=collected,
    )
    changes = pull_changes(pull, run_id="r1", run_time=NOW)
    return pull.log if changes is None else changes.select(*BRONZE_COLUMNS)


def clean_all(logs: dict[str, DataFrame]) -> dict[tuple[str, str], int]:
    """All nodes of the pipeline, over written tables as there; the report, which is there only if the law holds."""
    with tempfile.TemporaryDirectory() as folder:
        spark = next(iter(logs.values())).sparkSession
        place, catalog = Path(folder), lakehouse(Path(folder))
        for source in SOURCES:
            catalog.save(f"bronze_{source.table}", logs[source.name])
        SequentialRunner().run(create_pipeline(), catalog)
        report = read(spark, place, "silver/quality_report").collect()
    return {(row.source, row.metric): row.records for row in report if row.reason is None}


def lakehouse(folder: Path) -> DataCatalog:
    """The tables of the pipeline in a folder, and what it takes besides."""
    layers = {
        **{f"bronze_{source.table}": f"bronze/{source.table}" for source in SOURCES},
        **{f"silver_{source.table}": f"silver/{source.table}" for source in SOURCES},
        "silver_quarantine": "silver/quarantine",
        "silver_quality_report": "silver/quality_report",
    }
    tables = {
        name: DeltaTableDataset(filepath=str(folder / "Tables" / place)) for name, place in layers.items()
    }
    before = {
        f"previous_silver_{name}": DeltaTableDataset(
            filepath=str(folder / "Tables/silver" / name), empty_if_absent=True
        )
        for name in ("quarantine", "quality_report")
    }
    known = {
        f"previous_known_keys_{source.table}": DeltaTableDataset(
            filepath=str(folder / "Files/state/known_keys" / source.table),
            schema=KNOWN_KEYS_SCHEMA,
            empty_if_absent=True,
        )
        for source in SOURCES
    }
    given_data = {
        "params:cleaning": CLEANING,
        "params:ingestion": INGESTION,
        "lakehouse_tables": DerivedTables(str(folder)),
        "cleaning_scratch": Scratch(str(folder / "scratch")),
    }
    return DataCatalog(
        {name: MemoryDataset(value, copy_mode="assign") for name, value in given_data.items()}
        | tables
        | known
        | before
        | {f"quarantined_{source.table}": MemoryDataset(copy_mode="assign") for source in SOURCES}
        | {f"typed_{source.table}": HandedOnDataset() for source in SOURCES}
    )


def records_of(files: SampleFiles) -> dict[str, list[Any]]:
    def lines(path: Path) -> list[Any]:
        return [json.loads(line) for line in path.read_text().splitlines()]

    return {
        "crm": lines(files.crm_users),
        "erp": list(CsvFile(path=str(files.erp_customers)).records()),
        "marketing": lines(files.marketing_posts),
        "support": list(JsonArrayFile(path=str(files.support_tickets)).records()),
    }


@SLOW
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([0.05, 0.3, 0.9]),
    kinds=st.sets(st.sampled_from([field.name for field in fields(Noise)]), min_size=20),
)
def test_no_record_is_lost_on_generated_dirt(
    spark: SparkSession, seed: int, rate: float, kinds: set[str]
) -> None:
    noise = Noise(**{**asdict(Noise()), **dict.fromkeys(kinds, rate)})
    with tempfile.TemporaryDirectory() as folder:
        files = generate(Path(folder), customers=40, seed=seed, noise=noise)
        records = records_of(files)
        with files.truth.open() as handle:
            made = Counter(row["source"] for row in csv.DictReader(handle))
    report = clean_all({name: change_log(spark, records[name], KEYS[name]) for name in NAMES})
    for name in NAMES:
        distinct = len({RecordWriter(()).line(record) for record in records[name]})
        assert len(records[name]) == made[name]
        assert distinct == report[name, "bronze"] == report[name, "silver"] + report[name, "quarantined"]


TEXT = st.sampled_from(
    ["", " ", "N/A", "12", "-3", "1e400", "a@b.co", "\u0000", "é", "1996-5-3", "{", "null"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=True) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "id", "firstName", "email", "phone", "birthDate", "address", "company", "cust_number", "full_name",
    "lat_lng", "tags", "reactions", "views", "userId", "ticket_id", "status", "created_at", "_malformed",
)  # fmt: skip
RECORDS = st.lists(
    JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8), min_size=30, max_size=40
)


@SLOW
@given(records=RECORDS)
def test_no_record_is_lost_whatever_a_source_sends(spark: SparkSession, records: list[Any]) -> None:
    report = clean_all({name: change_log(spark, records, KEYS[name]) for name in NAMES})
    distinct = len({RecordWriter(()).line(record) for record in records})
    for name in NAMES:
        assert distinct == report[name, "bronze"] == report[name, "silver"] + report[name, "quarantined"]


def test_the_pipeline_over_a_hand_built_catalog(spark: SparkSession, tmp_path: Path) -> None:
    logs = {
        "crm": bronze(spark, [("1", {"id": 1, "firstName": "Ann", "lastName": "Lee"}), ("2", {"id": 2})]),
        "erp": bronze(spark, [("7", {"cust_number": "7", "full_name": "Lee, Ann"})]),
        "marketing": bronze(spark, [("1", {"id": 1, "views": -5})]),
        "support": bronze(spark, [("#0a", {"ticket_id": None}), ("T1", {"ticket_id": "T1"})]),
    }
    catalog = lakehouse(tmp_path)
    for source in SOURCES:
        catalog.save(f"bronze_{source.table}", logs[source.name])
    SequentialRunner().run(create_pipeline(), catalog)
    quarantine = {
        (row.source, row.source_key): row.reasons for row in catalog["silver_quarantine"].load().collect()
    }
    assert quarantine == {
        ("crm", "2"): ["no_identity"],
        ("marketing", "1"): ["negative_count"],
        ("support", "#0a"): ["missing_key"],
    }
    [ann] = catalog["silver_crm_users"].load().collect()
    assert (ann.full_name, ann.warnings) == ("Ann Lee", ["missing_email", "missing_address"])


def test_a_record_that_silver_has_lost_is_noticed(spark: SparkSession, tmp_path: Path) -> None:
    catalog = lakehouse(tmp_path)
    people = [(str(n), {"id": n, "firstName": "A"}) for n in range(4)]
    logs = {"crm": people, "erp": [], "marketing": [], "support": []}
    for source in SOURCES:
        catalog.save(f"bronze_{source.table}", bronze(spark, logs[source.name]))
    cleaning = create_pipeline()
    SequentialRunner().run(cleaning.filter(to_nodes=["collect_quarantine"]), catalog)
    silver = catalog["silver_crm_users"]
    silver.save(silver.load().where("source_key <> '3'"))
    with pytest.raises(ReconciliationError, match="crm: 4 current bronze = 3 silver"):
        SequentialRunner().run(cleaning.only_nodes("reconcile_silver"), catalog)
