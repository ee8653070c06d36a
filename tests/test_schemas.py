"""Every table is declared once, what the flow writes is what is declared, and anything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog
from kedro.io.core import DatasetError
from pyspark.sql import DataFrame, SparkSession
from support.sample import SampleRun

from customer_360 import schemas
from customer_360.behaviour.joined import MARKETING_COLUMNS, PROFILE_COLUMNS, SUPPORT_COLUMNS
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.lakehouse import split_table_path
from customer_360.schemas import CUSTOMER_360, TABLES, Table, declared
from customer_360.sources import SOURCES

DECLARED = {table.name: table for table in TABLES}
OF_SOURCES = {f"{layer}/{source.table}" for source in SOURCES for layer in ("bronze", "silver")}


# -------------------------------------------------------------------------------------------- the declarations
@pytest.fixture(scope="module")
def catalog(project: Path) -> Iterator[DataCatalog]:
    bootstrap_project(project)
    with KedroSession.create(project_path=project) as session:
        yield session.load_context().catalog


def table_of(dataset: object) -> str | None:
    place = split_table_path(dataset.table_path) if isinstance(dataset, DeltaTableDataset) else None
    return place[1] if place else None


def test_every_table_in_the_catalog_is_declared_and_the_other_way_round(catalog: DataCatalog) -> None:
    names = [name for name in pipelines["__default__"].datasets() if not name.startswith("params:")]
    written = {table_of(catalog.get(name)) for name in (*names, "gold_run_manifest")} - {None}
    assert written == DECLARED.keys() | OF_SOURCES
    assert all(declared(str(name)) for name in written)
    assert declared("gold/a_table_of_my_own") is None
    known = declared("Files/state/known_keys/crm_users")
    assert known is not None and (known.name, known.columns) == (
        "Files/state/known_keys/crm_users",
        schemas.KNOWN_KEYS.columns,
    )


def test_the_catalog_repeats_no_column(project: Path) -> None:
    entries = yaml.safe_load((project / "conf" / "base" / "catalog.yml").read_text("utf-8"))
    tables = {
        name: one for name, one in entries.items() if isinstance(one, dict) and one.get("type") == "${_table}"
    }
    assert len(tables) > 10
    assert {name for name, one in tables.items() if {"schema", "keys"} & one.keys()} == set()
    decisions = entries["identity_decisions_source"]["columns"]  # of a file that people write
    assert tuple(decisions) == schemas.DECISION_FIELDS


@pytest.mark.parametrize(
    "table", [*TABLES, schemas.BRONZE, schemas.silver_of_source("x")], ids=lambda one: one.name
)
def test_a_declaration_is_whole(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert table.keys and {*table.keys} <= {*table.names}
    for text in (table.meaning, *(column.meaning for column in table.columns)):
        assert text.endswith(".") and "\n" not in text and text.count("`") % 2 == 0, text
    assert not [column.name for column in table.columns if column.name in table.keys and column.optional]


def test_what_customer_360_begins_with() -> None:
    assert len(PROFILE_COLUMNS) == 17
    assert MARKETING_COLUMNS == (
        "post_count", "view_count", "like_count", "dislike_count", "engagement_rate", "top_tags",
    )  # fmt: skip
    assert SUPPORT_COLUMNS == (
        "ticket_count", "open_ticket_count", "high_priority_ticket_count", "first_ticket_date", "last_ticket_date",
    )  # fmt: skip
    first = ("customer_id", *PROFILE_COLUMNS, *MARKETING_COLUMNS, *SUPPORT_COLUMNS)
    assert CUSTOMER_360.names[: len(first)] == first


def test_a_source_says_what_its_silver_table_has() -> None:
    own = (schemas.Column("loyalty_tier", "STRING", "Tier."), schemas.Column("points", "BIGINT", "Points."))
    table = schemas.silver_of_source("loyalty_members", own)
    assert table.names == ("source_key", "key_kind", "loyalty_tier", "points", "warnings", "run_id")
    assert table.is_fixed and not schemas.silver_of_source("loyalty_members").is_fixed


# ------------------------------------------------------------------------------------------ what the flow writes
def test_a_run_writes_what_is_declared(spark: SparkSession, sample_run: SampleRun) -> None:
    logs = (sample_run.lakehouse / "Tables").glob("*/*/_delta_log")
    tables = {f"{log.parent.parent.name}/{log.parent.name}": str(log.parent) for log in logs}
    assert tables.keys() == DECLARED.keys() | OF_SOURCES
    for name, folder in tables.items():
        frame = spark.read.format("delta").load(folder)
        found = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
        table = declared(name)
        assert table is not None
        if table.is_fixed or name == CUSTOMER_360.name:
            assert list(found) == list(table.names), name
        if name not in OF_SOURCES:
            assert found.keys() == {*table.names}, f"{name}: as the configuration of the project has it"
        for column, kind in found.items():
            said = table.kind_of(column, found)
            assert said is not None and said.simple_type in ("", kind), f"{name}.{column} is {kind}"
        keyed = frame.groupBy(*table.keys).count()
        assert keyed.where("count > 1").isEmpty(), f"{name}: {table.keys} do not tell rows apart"


# --------------------------------------------------------------------------------------------- what is refused
@dataclass
class Lakehouse:
    """Tables that are saved by their declaration, in a folder of their own."""

    spark: SparkSession
    root: Path

    def dataset(self, table: Table, mode: str = "overwrite") -> DeltaTableDataset:
        return DeltaTableDataset(filepath=str(self.root / "Tables" / table.name), mode=mode)

    def log(self, table: Table) -> list[str]:
        return sorted(path.name for path in (self.root / "Tables" / table.name / "_delta_log").glob("*.json"))

    def frame(self, ddl: str) -> DataFrame:
        return self.spark.createDataFrame([], ddl)


@pytest.fixture
def lakehouse(spark: SparkSession, tmp_path: Path) -> Lakehouse:
    return Lakehouse(spark, tmp_path)


def without(ddl: str, column: str) -> str:
    return ", ".join(one for one in ddl.split(", ") if one.split()[0] != column)


WRONG = [
    ("missing", without, "missing column '{name}' (declared {kind})"),
    ("added", lambda ddl, name: f"{ddl}, shoe_size INT", "column 'shoe_size' is not declared (found int)"),
    (
        "another type",
        lambda ddl, name: f"{without(ddl, name)}, {name} BINARY",
        "column '{name}' is binary, declared {kind}",
    ),
]


@pytest.mark.parametrize("mode", ["overwrite", "append", "upsert"])
@pytest.mark.parametrize(("name", "spoil", "message"), [pytest.param(*one, id=one[0]) for one in WRONG])
def test_other_columns_than_declared_are_refused_before_anything_is_written(
    lakehouse: Lakehouse, mode: str, name: str, spoil: object, message: str
) -> None:
    table = schemas.CUSTOMER_CROSSWALK
    lakehouse.dataset(table).save(lakehouse.frame(table.ddl))
    column = "confidence"
    wrong = lakehouse.frame(spoil(table.ddl, column))  # type: ignore[operator]
    with pytest.raises(DatasetError) as caught:
        lakehouse.dataset(table, mode).save(wrong)
    said = str(caught.value)
    assert message.format(name=column, kind="double") in said
    assert "Tables/gold/customer_crosswalk breaks the table's contract, nothing was written" in said
    assert "change the declaration: gold/customer_crosswalk in customer_360.schemas" in said
    assert len(lakehouse.log(table)) == 1


FIXED = [table for table in (*TABLES, replace(schemas.BRONZE, name="bronze/x")) if table.is_fixed]


@pytest.mark.parametrize("table", FIXED, ids=lambda table: table.name)
def test_every_table_refuses_what_it_does_not_declare(lakehouse: Lakehouse, table: Table) -> None:
    """In any order of columns it takes what it declares, and puts it into the declared one."""
    dataset = lakehouse.dataset(table)
    with pytest.raises(DatasetError, match="'shoe_size' is not declared"):
        dataset.save(lakehouse.frame(f"{table.ddl}, shoe_size INT"))
    for column in table.columns:
        with pytest.raises(DatasetError, match=rf"missing column '{column.name}' \(declared"):
            dataset.save(
                lakehouse.frame(table.ddl_of(one for one in table.names if one != column.name) or "x INT")
            )
    assert lakehouse.log(table) == []
    dataset.save(lakehouse.frame(table.ddl_of(reversed(table.names))))
    assert dataset.load().columns == list(table.names)
    assert dataset.schema == dataset.load().schema


@pytest.mark.parametrize("table", [schemas.CUSTOMER_PROFILE, CUSTOMER_360], ids=lambda table: table.name)
def test_columns_by_configuration_are_added_and_those_declared_are_kept(
    lakehouse: Lakehouse, table: Table
) -> None:
    dataset = lakehouse.dataset(table)
    dataset.save(lakehouse.frame(f"{table.ddl}, loyalty_tier STRING, points BIGINT, loyalty_key STRING"))
    assert dataset.load().columns[-3:] == ["loyalty_tier", "points", "loyalty_key"]
    for ddl, message in (
        (without(table.ddl, "email"), "missing column 'email'"),
        (f"{without(table.ddl, 'latitude')}, latitude STRING", "'latitude' is string, declared double"),
        (f"{without(table.ddl, 'birth_date')}, birth_date STRING", "'birth_date' is string, declared date"),
    ):
        with pytest.raises(DatasetError, match=message):
            dataset.save(lakehouse.frame(ddl))
    assert len(lakehouse.log(table)) == 1


def test_the_source_of_a_configured_attribute_is_a_text(lakehouse: Lakehouse) -> None:
    table = schemas.CUSTOMER_PROFILE
    with pytest.raises(DatasetError, match="'points_source' is int, declared string"):
        lakehouse.dataset(table).save(lakehouse.frame(f"{table.ddl}, points BIGINT, points_source INT"))
    lakehouse.dataset(table).save(
        lakehouse.frame(f"{table.ddl}, open_source INT")
    )  # an attribute of that name


def test_measures_by_configuration_are_counts_of_tickets(lakehouse: Lakehouse) -> None:
    table = schemas.CUSTOMER_SUPPORT_METRICS
    lakehouse.dataset(table).save(lakehouse.frame(f"{table.ddl}, in_work_ticket_count BIGINT"))
    for added, message in (
        ("in_work_ticket_count STRING", "'in_work_ticket_count' is string, declared bigint"),
        ("mood STRING", r"'mood' is not declared \(found string\)"),
    ):
        with pytest.raises(DatasetError, match=message):
            lakehouse.dataset(table).save(lakehouse.frame(f"{table.ddl}, {added}"))


def test_a_history_keeps_as_text_what_was_of_another_type_once(lakehouse: Lakehouse) -> None:
    table = schemas.CUSTOMER_PROFILE_HISTORY
    dataset = lakehouse.dataset(table, "upsert")
    dataset.save(lakehouse.frame(f"{table.ddl}, latitude STRING"))
    with pytest.raises(DatasetError, match="'latitude' is int, declared double"):
        dataset.save(lakehouse.frame(f"{table.ddl}, latitude INT"))


def test_an_upsert_knows_the_keys(lakehouse: Lakehouse) -> None:
    table = schemas.CUSTOMER_PROFILE_HISTORY
    dataset = lakehouse.dataset(table, "upsert")
    when = datetime(2026, 3, 1, tzinfo=UTC)
    for current in (True, False):
        dataset.save(lakehouse.spark.createDataFrame([("C1", when, None, current)], table.ddl))
    [row] = dataset.load().collect()
    assert row["is_current"] is False


def test_what_is_not_there_is_empty_with_the_declared_columns(lakehouse: Lakehouse) -> None:
    for table in (
        schemas.IDENTITY_EVENTS,
        replace(schemas.BRONZE, name="bronze/x"),
        schemas.silver_of_source("x"),
    ):
        path = str(lakehouse.root / "Tables" / table.name)
        empty = DeltaTableDataset(filepath=path, empty_if_absent=True).load()
        assert (empty.columns, empty.count()) == (list(table.names), 0)


def test_rows_are_not_added_to_a_table_that_has_other_columns(lakehouse: Lakehouse) -> None:
    """One of another version of the program, say."""
    table = schemas.IDENTITY_EVENTS
    folder = str(lakehouse.root / "Tables" / table.name)
    fewer = without(table.ddl, "sequence")
    for old in (fewer, f"{fewer}, sequence STRING"):
        lakehouse.frame(old).write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(
            folder
        )
        before = lakehouse.log(table)
        row = lakehouse.spark.createDataFrame([tuple([None] * len(table.names))], table.ddl)
        with pytest.raises(DatasetError, match="'sequence'"):
            lakehouse.dataset(table, "append").save(row)
        assert lakehouse.log(table) == before
