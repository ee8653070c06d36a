from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.io.core import DatasetError
from kedro.runner import SequentialRunner
from pyspark.sql import SparkSession
from sources.bronze_frames import CLEANING
from support.beside import beside
from support.runs import content, read, run_project

from customer_360 import schemas
from customer_360.bronze.pull_check import SourceShrankError
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.parameters.ingestion import IngestionParameters, SourceIngestion
from customer_360.pipelines.ingestion import create_pipeline
from customer_360.sample_sources.api import LoopbackApi
from customer_360.sources import SOURCES

BRONZE = schemas.BRONZE.ddl


def test_one_node_per_source() -> None:
    names = {node.name for node in create_pipeline().nodes}
    assert names == {f"ingest_{source.table}" for source in SOURCES}


def test_a_slice_over_a_hand_built_catalog(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "Tables/bronze/marketing_posts")
    payload = json.dumps({"id": 1, "title": "x"})
    parameters = IngestionParameters(
        max_deleted_share=0.5, sources={"marketing_posts": SourceIngestion(key_field="id")}
    )
    catalog = DataCatalog(
        {
            "source_marketing_posts": MemoryDataset(
                spark.createDataFrame([(payload, "api")], "payload STRING, origin STRING"), copy_mode="assign"
            ),
            "previous_bronze_marketing_posts": DeltaTableDataset(
                filepath=path, schema=BRONZE, empty_if_absent=True
            ),
            "bronze_marketing_posts": DeltaTableDataset(filepath=path, mode="append", schema=BRONZE),
            **beside(tmp_path, "marketing_posts"),
            "previous_silver_marketing_posts": MemoryDataset(
                spark.createDataFrame([], "source_key STRING"), copy_mode="assign"
            ),
            "previous_silver_quarantine": MemoryDataset(
                spark.createDataFrame([], "source STRING, source_key STRING"), copy_mode="assign"
            ),
            "params:ingestion": MemoryDataset(parameters, copy_mode="assign"),
            "params:cleaning": MemoryDataset(CLEANING, copy_mode="assign"),
            "run_id": MemoryDataset("r1"),
            "run_time": MemoryDataset(datetime(2026, 1, 1, tzinfo=UTC), copy_mode="assign"),
        }
    )
    only = create_pipeline().only_nodes("ingest_marketing_posts")
    for _ in range(3):  # the second run appends nothing, nor does the third
        SequentialRunner().run(only, catalog)
        [row] = DeltaTableDataset(filepath=path).load().collect()
        assert (row.source_key, row.payload, row.operation, row.origin, row.run_id) == (
            "1", payload, "insert", "api", "r1",
        )  # fmt: skip


def test_a_table_without_settings_names_the_file_to_edit() -> None:
    parameters = IngestionParameters(max_deleted_share=0.5, sources={})
    with pytest.raises(KeyError, match=r"no entry for 'loyalty_members'.*conf/base/sources"):
        parameters.source("loyalty_members")


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users.json"
    path.write_text(
        json.dumps([{"id": n, "firstName": "A", "lastName": f"B{n}", "password": "s"} for n in range(20)])
    )
    return path


@pytest.fixture
def api(users: Path, tmp_path: Path) -> Iterator[LoopbackApi]:
    posts = tmp_path / "posts.json"
    posts.write_text(json.dumps([{"id": 1, "title": "t", "tags": [], "userId": 1}]))
    with LoopbackApi({"users": users, "posts": posts}) as server:
        yield server


def land(lakehouse: Path) -> None:
    landing = lakehouse / "Files" / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    (landing / "erp_customers.csv").write_text(
        "cust_number,full_name,street,city,postal_code,lat_lng,tax_id\n"
    )
    (landing / "support_tickets.json").write_text("[]")


def ingest(lakehouse: Path, api: LoopbackApi) -> None:
    run_project(lakehouse, "ingestion", sources="live", crm_url=api.url, marketing_url=api.url)


def test_a_source_that_shrank_stops_and_keeps_what_is_known(
    spark: SparkSession, api: LoopbackApi, users: Path, tmp_path: Path
) -> None:
    land(tmp_path)
    ingest(tmp_path, api)
    before = content(spark, tmp_path)
    records = json.loads(users.read_text())
    users.write_text(json.dumps(records[:10]))
    api.stop()
    with (
        LoopbackApi({"users": users, "posts": tmp_path / "posts.json"}) as smaller,
        pytest.raises(SourceShrankError, match=r"crm_users: 10 of 20 known records"),
    ):
        ingest(tmp_path, smaller)
    assert content(spark, tmp_path) == before


def test_empty_sources_make_empty_tables(spark: SparkSession, api: LoopbackApi, tmp_path: Path) -> None:
    land(tmp_path)
    ingest(tmp_path, api)
    assert read(spark, tmp_path, "bronze/crm_users").count() == 20
    assert read(spark, tmp_path, "bronze/erp_customers").count() == 0
    assert read(spark, tmp_path, "bronze/support_tickets").count() == 0


def test_a_missing_file_says_where_it_was_looked_for(api: LoopbackApi, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"There is no file .*Files/landing/"):
        ingest(tmp_path, api)
