"""The real systems' data, served and dropped as the real systems would: the totals of its README."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from support.runs import read, run_project

from customer_360.sample_sources.api import LoopbackApi

# ../shared/seed_data/README.md, "What must come out of it, exactly"
CUSTOMERS = 208
MEASURES = {
    "post_count": 251,
    "view_count": 600_103,
    "like_count": 154_619,
    "dislike_count": 6_018,
    "ticket_count": 260,
    "open_ticket_count": 96,
    "high_priority_ticket_count": 78,
}
LINKED = {"crm": 208, "erp": 120, "marketing": 251, "support": 260}


@pytest.fixture(scope="module")
def lakehouse(
    spark: SparkSession, seed_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("real")
    landing = root / "Files" / "landing"
    landing.mkdir(parents=True)
    for name in ("erp_customers.csv", "support_tickets.json"):
        shutil.copy(seed_data / name, landing / name)
    served = {"users": seed_data / "crm_users.json", "posts": seed_data / "marketing_posts.json"}
    with LoopbackApi(served) as api:
        run_project(root, sources="live", crm_url=api.url, marketing_url=api.url)
    yield root


def test_the_totals_come_out_exactly(spark: SparkSession, lakehouse: Path) -> None:
    customers = read(spark, lakehouse, "gold/customer_360")
    [row] = customers.agg(*[F.sum(name).alias(name) for name in MEASURES]).collect()
    assert row.asDict() == MEASURES
    assert customers.count() == customers.select("customer_id").distinct().count() == CUSTOMERS


def test_every_record_is_linked_to_its_customer(spark: SparkSession, lakehouse: Path) -> None:
    crosswalk = read(spark, lakehouse, "gold/customer_crosswalk")
    assert {row["source"]: row["count"] for row in crosswalk.groupBy("source").count().collect()} == LINKED
    assert read(spark, lakehouse, "gold/unlinked_records").count() == 0
    assert read(spark, lakehouse, "silver/quarantine").count() == 0


def test_erp_gives_the_formal_address_and_crm_the_rest(spark: SparkSession, lakehouse: Path) -> None:
    erp = read(spark, lakehouse, "silver/erp_customers")
    crosswalk = read(spark, lakehouse, "gold/customer_crosswalk").where("source = 'erp'")
    both = (
        read(spark, lakehouse, "gold/customer_360")
        .join(crosswalk.select("customer_id", "source_key"), "customer_id")
        .join(erp.select("source_key", F.col("tax_id").alias("erp_tax_id")), "source_key")
    )
    assert both.count() == LINKED["erp"]
    assert both.where("tax_id <=> erp_tax_id").count() == LINKED["erp"]
    assert (
        read(spark, lakehouse, "gold/customer_360").where("given_name is null or email is null").count() == 0
    )
    assert read(spark, lakehouse, "gold/customer_360").where("birth_date is null").count() == 0
