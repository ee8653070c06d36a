from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from enrichment_frames import CROSSWALK, configured, dictionaries, identity, silver
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from pyspark.sql import DataFrame, SparkSession

from customer_360.datasets import DeltaTableDataset
from customer_360.engine.derived import DerivedTables, TableUpdate
from customer_360.engine.scratch import RunState, Scratch
from customer_360.lakehouse.manifest import MANIFEST_SCHEMA as MANIFEST
from customer_360.parameters.enrichment import (
    LinkingParameters,
    MetricsParameters,
    ProfileParameters,
    ReviewParameters,
)
from customer_360.parameters.identity import IdentityModel
from customer_360.pipelines.enrichment.pipeline import create_pipeline
from customer_360.pipelines.updates import update_of
from customer_360.profile.history import PROFILE_HISTORY_SCHEMA
from customer_360.registry import EVENT_SCHEMA
from customer_360.reporting.run_history import RUN_HISTORY_SCHEMA as RUN_HISTORY
from customer_360.schemas import IDENTITY_MODEL, QUALITY_REPORT, declared
from customer_360.sources import SOURCES, Source


def unused(records: DataFrame, settings: Any) -> DataFrame:
    raise AssertionError("enrichment cleans nothing")


class Kept(MemoryDataset):
    """A table: what is saved is computed then, once, and stays when the run is over."""

    def save(self, data: Any) -> None:
        if isinstance(data, TableUpdate):
            data = data.rows
        if isinstance(data, DataFrame):
            data = data.sparkSession.createDataFrame([tuple(row) for row in data.collect()], data.schema)
        super().save(data)

    def _release(self) -> None:
        pass


FIVE = (*SOURCES, Source(name="loyalty", table="loyalty_members", clean=unused))
QUARANTINE = "source STRING, source_key STRING, run_id STRING"
REPORTS = {"gold_run_report", "gold_run_report_history", "gold_identity_report", "gold_identity_model"}
BEFORE = (
    "gold_identity_decisions", "gold_identity_clusters", "gold_unlinked_records", "gold_identity_links",
    "gold_identity_report", "gold_identity_review", "gold_customer_profile", "gold_customer_marketing_metrics",
    "gold_customer_support_metrics", "gold_customer_360", "gold_run_report",
)  # fmt: skip
NODES = [
    "find_touched_customers",
    "prepare_records",
    "block_records",
    "compare_candidates",
    "train_model",
    "score_candidates",
    "cluster_records",
    "link_records",
    "check_decisions",
    "find_former_customers",
    "assign_ids",
    "log_identity_events",
    "project_crosswalk",
    "list_pairs_to_review",
    "keep_profile_history",
    "build_profile",
    "marketing_metrics",
    "support_metrics",
    "customer_360",
    "report_run",
    "keep_run_report",
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "crm": [
        {
            "source_key": "1",
            "given_name": "Ann",
            "family_name": "Poe",
            "email": "ann@x.io",
            "email_valid": True,
        },
        {"source_key": "2", "email": "bob@x.io", "email_valid": True},
    ],
    "erp": [
        {"source_key": "1", "customer_number": "1", "tax_id": "T1"},
        {"source_key": "77", "tax_id": "T7"},
    ],
    "marketing": [
        {"source_key": "p1", "user_key": "1", "view_count": 10, "like_count": 4, "dislike_count": 1},
        {"source_key": "p2", "user_key": "99", "view_count": 7},
    ],
    "support": [
        {"source_key": "t1", "email": "Ann@x.io", "email_valid": True, "status": "open", "priority": "high"}
    ],
    "loyalty": [
        {"source_key": "L1", "member_email": "bob@x.io", "loyalty_tier": "gold"},
        {"source_key": "L2", "member_email": "c@x.io", "loyalty_tier": "tin"},
    ],
}


def with_loyalty() -> dict[str, Any]:
    """What one writes to add a fifth source: configuration only."""
    plain: dict[str, Any] = deepcopy(configured())
    plain["linking"]["rules"].append(
        {
            "name": "loyalty_email", "source": "loyalty", "column": "member_email",
            "target": "crm", "target_column": "email", "normalise": "email",
        }
    )  # fmt: skip
    plain["profile"]["attributes"]["loyalty_tier"] = ["loyalty"]
    return plain


def bronze_log(spark: SparkSession, source: str) -> DataFrame:
    """Two records that are new; the source's rows in silver do not matter here."""
    rows = [(source, "insert", "run"), (f"{source} again", "insert", "run")]
    return spark.createDataFrame(rows, "source_key STRING, operation STRING, run_id STRING")


def run(
    spark: SparkSession,
    plain: dict[str, Any],
    sources: tuple[Source, ...],
    rows: dict[str, list[dict[str, Any]]],
    folder: Path,
) -> dict[str, DataFrame]:
    """Run the pipeline on frames in memory; return all gold frames."""
    frames = silver(spark, **rows)
    inputs: dict[str, Any] = {
        **{f"silver_{source.table}": frames[source.name] for source in sources},
        "silver_quality_report": spark.createDataFrame([("crm", "silver", None, 2)], QUALITY_REPORT.ddl),
        "identity_decisions_source": spark.createDataFrame([], "payload STRING, origin STRING"),
        "previous_gold_identity_events": spark.createDataFrame([], EVENT_SCHEMA),
        "previous_gold_customer_crosswalk": spark.createDataFrame([], CROSSWALK),
        "previous_gold_customer_profile_history": spark.createDataFrame([], PROFILE_HISTORY_SCHEMA),
        **{f"bronze_{source.table}": bronze_log(spark, source.name) for source in sources},
        "silver_quarantine": spark.createDataFrame([("crm", "9", "run")], QUARANTINE),
        "previous_gold_run_report_history": spark.createDataFrame([], RUN_HISTORY),
        "previous_gold_run_manifest": spark.createDataFrame([], MANIFEST),
        "run_id": "run",
        "run_time": datetime(2026, 3, 1, tzinfo=UTC),
        "show_values": False,
        "previous_gold_identity_model": spark.createDataFrame([], IDENTITY_MODEL.ddl),
        "identity_scratch": Scratch(str(folder / "scratch")),
        "gold_scratch": Scratch(str(folder / "gold_scratch")),
        "lakehouse_tables": DerivedTables(str(folder)),
        **{
            f"previous_{name}": spark.createDataFrame([], declared(name.replace("_", "/", 1)).ddl)
            for name in BEFORE
        },
        "previous_identity_state": RunState(str(folder / "state")),
        "params:identity": identity(),
        "params:linking": LinkingParameters.model_validate(plain["linking"]),
        "params:profile": ProfileParameters.model_validate(plain["profile"]),
        "params:metrics": MetricsParameters.model_validate(plain["metrics"]),
        "params:review": ReviewParameters.model_validate(plain["review"]),
    }
    pipeline = create_pipeline(sources)
    catalog = DataCatalog({name: Kept(value, copy_mode="assign") for name, value in inputs.items()})
    for name in pipeline.all_outputs():
        catalog[name] = Kept(copy_mode="assign")
    SequentialRunner().run(pipeline, catalog)
    made = {name: catalog.load(name) for name in pipeline.all_outputs()}
    return {name: frame for name, frame in made.items() if isinstance(frame, DataFrame)}


def test_wiring() -> None:
    pipeline = create_pipeline()
    assert [node.name for node in pipeline.nodes if node.name in NODES] and {
        n.name for n in pipeline.nodes
    } == set(NODES)
    assert all("enrichment" in node.tags for node in pipeline.nodes)
    assert pipeline.inputs() == {
        "params:linking", "params:identity", "params:profile", "params:metrics", "identity_scratch",
        "previous_identity_state", "previous_gold_identity_model", "silver_quality_report", "silver_crm_users",
        "silver_erp_customers", "silver_marketing_posts", "silver_support_tickets",
        "identity_decisions_source", "previous_gold_identity_events", "previous_gold_customer_crosswalk",
        "previous_gold_customer_profile_history", "run_id", "run_time", "params:review", "show_values",
        "previous_gold_run_report_history", "previous_gold_run_manifest", "silver_quarantine", "bronze_crm_users",
        "bronze_erp_customers", "bronze_marketing_posts", "bronze_support_tickets", "lakehouse_tables",
        "gold_scratch", *[f"previous_{name}" for name in BEFORE],
    }  # fmt: skip
    others = {name for name in pipeline.all_outputs() if not name.startswith(("gold_", "work_"))}
    assert others == {"identity_state", "crosswalk_changes", "touched_customers"}


def test_kedro_finds_the_types_of_all_parameters() -> None:
    from kedro.validation.type_extractor import TypeExtractor

    types = TypeExtractor({"enrichment": create_pipeline(FIVE)}).extract_types_from_pipelines()
    assert types == {
        "linking": LinkingParameters,
        "identity": IdentityModel,
        "profile": ProfileParameters,
        "metrics": MetricsParameters,
        "review": ReviewParameters,
    }


def test_a_fifth_source_is_configuration(spark: SparkSession, tmp_path: Path) -> None:
    gold = run(spark, with_loyalty(), FIVE, ROWS, tmp_path)
    customers = dictionaries(gold["gold_customer_360"], by="email")
    shown = ("given_name", "tax_id", "loyalty_tier", "view_count", "open_ticket_count", "source_count")
    assert {email: tuple(row[name] for name in shown) for email, row in customers.items()} == {
        "ann@x.io": ("Ann", "T1", None, 10, 1, 4),
        "bob@x.io": (None, None, "gold", 0, 0, 2),
        None: (None, "T7", None, 0, 0, 1),
    }
    left = {
        (row["source"], row["source_key"], row["reason"]) for row in gold["gold_unlinked_records"].collect()
    }
    assert left == {("marketing", "p2", "no_match"), ("loyalty", "L2", "no_match")}
    report = {
        (r["source"], r["metric"], r["reason"]): r["records"] for r in gold["gold_run_report"].collect()
    }
    assert report["crm", "silver", None] == 2
    assert report["all", "customers", None] == 3
    assert (report["erp", "linked", None], report["erp", "unlinked", "own_customer"]) == (1, 1)
    assert (report["loyalty", "linked_by", "loyalty_email"], report["loyalty", "unlinked", "no_match"]) == (
        1,
        1,
    )
    assert (
        report["marketing", "total", "view_count"],
        report["marketing", "unlinked_total", "view_count"],
    ) == (17, 7)
    history = {
        (r["source"], r["metric"], r["reason"]): r["records"]
        for r in gold["gold_run_report_history"].collect()
    }
    assert report.items() <= history.items()
    added = {key: records for key, records in history.items() if key not in report}
    assert added.pop(("all", "identity_event", "created")) == 3
    assert added.pop(("all", "identity_event", "absorbed")) == 4
    assert added == {
        **{(source.name, "new", None): 2 for source in FIVE},
        ("crm", "newly_quarantined", None): 1,
        ("all", "counted_from", None): 0,
    }


def test_every_gold_column_may_be_null(spark: SparkSession, tmp_path: Path) -> None:
    """So that Sail and JVM Spark make the same tables."""
    rows = {name: rows for name, rows in ROWS.items() if name != "loyalty"}
    gold = run(spark, configured(), SOURCES, rows, tmp_path)
    assert {
        name
        for name, frame in gold.items()
        if name.startswith(("gold_", "work_identity_"))
        for field in frame.schema.fields
        if not field.nullable
    } == set()


def test_no_records_at_all(spark: SparkSession, tmp_path: Path) -> None:
    gold = run(spark, configured(), SOURCES, {}, tmp_path)
    tables = {name for name in gold if name.startswith(("gold_", "work_identity_"))} - REPORTS
    assert {name: gold[name].count() for name in tables} == dict.fromkeys(tables, 0)
    totals = [row["records"] for row in gold["gold_run_report"].collect() if row["metric"] == "total"]
    assert totals and set(totals) == {0}


def test_a_source_may_have_the_name_of_another_input() -> None:
    pipeline = create_pipeline((*SOURCES, Source(name="customers", table="x", clean=unused)))
    [node] = [node for node in pipeline.nodes if node.name == "report_run"]
    assert {"silver_x", "gold_customer_360"} <= set(node.inputs)


def test_a_column_that_is_configured_no_more_leaves_the_table(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "Tables/gold/customer_360")
    table = DeltaTableDataset(filepath=path, schema=None)
    before = spark.createDataFrame([("A", "x", 1)], "customer_id STRING, name STRING, points BIGINT")
    before.write.format("delta").save(path)
    tables = DerivedTables(str(tmp_path))
    plan = tables.plan("gold/customer_360", reads=[], parts={})
    plan = replace(plan, before=plan.basis)  # as if it could be changed in parts
    now = before.drop("points")
    update = update_of(plan, now, table.load(), ["customer_id"], Scratch(str(tmp_path / "scratch")))
    assert update.touched is None and update.rows is not None and update.rows.columns == now.columns
