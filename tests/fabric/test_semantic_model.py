"""The Direct Lake model in `fabric/`: every column in its gold table, every measure over columns that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.fabric_items import ITEMS, LOGICAL_IDS, NOBODY
from support.sample import SampleRun
from support.tmdl import Node, parse

MODEL = ITEMS / "customer_360_model.SemanticModel" / "definition"
TYPES = {"string": "string", "long": "int64", "integer": "int64", "double": "double", "boolean": "boolean",
         "date": "dateTime", "timestamp": "dateTime"}  # fmt: skip


def model_tables() -> dict[str, Node]:
    tables = [parse(path).children[0] for path in sorted((MODEL / "tables").glob("*.tmdl"))]
    return {table.name: table for table in tables}


@pytest.fixture
def gold(sample_run: SampleRun) -> Path:
    """Gold tables as a run writes them."""
    return sample_run.lakehouse / "Tables" / "gold"


def test_every_column_of_the_model_is_in_its_gold_table(gold: Path) -> None:
    from deltalake import DeltaTable

    for name, table in model_tables().items():
        [partition] = table.all("partition").values()
        [source] = partition.children
        assert partition.properties["mode"] == "directLake"
        assert (source.properties["entityName"], source.properties["schemaName"]) == (name, "gold")
        written = {
            one.name: getattr(one.type, "type", "complex") for one in DeltaTable(gold / name).schema().fields
        }
        for column, node in table.all("column").items():
            assert node.properties["sourceColumn"] == column
            assert column in written, f"{name}.{column} is in no gold table"
            assert node.properties["dataType"] == TYPES[written[column]], (
                f"{name}.{column} is {written[column]}"
            )


# The model of a run as JSON is longer than a text may be in Direct Lake.
LEFT_OUT = {("identity_model", "model")}


def test_the_model_shows_every_gold_table_and_every_column_that_direct_lake_can(gold: Path) -> None:
    from deltalake import DeltaTable
    from deltalake.schema import PrimitiveType

    written = {path.name: DeltaTable(path).schema().fields for path in gold.iterdir()}
    simple = {
        table: {one.name for one in fields if isinstance(one.type, PrimitiveType)}
        - {column for name, column in LEFT_OUT if name == table}
        for table, fields in written.items()
    }
    assert {name: set(table.all("column")) for name, table in model_tables().items()} == simple


def test_measures_and_relations_name_columns_that_exist() -> None:
    tables = model_tables()
    measures = {name for table in tables.values() for name in table.all("measure")}
    assert len(measures) >= 15
    for table in tables.values():
        for measure in table.all("measure").values():
            for name, column in re.findall(r"(\w+)\[(\w+)\]", measure.value):
                assert column in tables[name].all("column"), f"{measure.name}: {name}[{column}]"
            assert set(re.findall(r"(?<!\w)\[([^\]]+)\]", measure.value)) <= measures, measure.name
            assert measure.properties["formatString"]
    relations = parse(MODEL / "relationships.tmdl").children
    about_customers = {name for name, table in tables.items() if "customer_id" in table.all("column")}
    assert {relation.properties["fromColumn"] for relation in relations} == {
        f"{name}.customer_id" for name in about_customers - {"customer_360"}
    }
    for relation in relations:
        for end in ("fromColumn", "toColumn"):
            name, _, column = relation.properties[end].partition(".")
            assert column in tables[name].all("column")
        assert relation.properties["toColumn"] == "customer_360.customer_id"


def test_everything_has_a_description_and_technical_columns_are_hidden() -> None:
    for table in model_tables().values():
        assert table.description
        for node in [*table.all("column").values(), *table.all("measure").values()]:
            assert node.description, f"{table.name}.{node.name}"
        for name, node in table.all("column").items():
            technical = name in ("run_id", "event_id") or (
                name == "customer_id" and table.name not in ("customer_360", "identity_events")
            )
            if table.name.startswith("customer_"):  # the other tables are about records
                technical = technical or name.endswith(("_key", "_source"))
            assert ("isHidden" in node.properties) == technical, f"{table.name}.{name}"


def test_the_model_reads_the_lakehouse_of_git() -> None:
    [expression] = parse(MODEL / "expressions.tmdl").children
    assert (
        f"onelake.dfs.fabric.microsoft.com/{NOBODY}/{LOGICAL_IDS['customer_360.Lakehouse']}"
        in expression.value
    )
    named = {part.children[0].properties["expressionSource"].strip("'")
             for table in model_tables().values() for part in table.all("partition").values()}  # fmt: skip
    assert named == {expression.name}
    listed = {node.name for node in parse(MODEL / "model.tmdl").children if node.kind == "ref table"}
    assert listed == set(model_tables())


def test_lineage_tags_are_unique() -> None:
    tags = re.findall(
        r"^\s+lineageTag: (\S+)", "".join(p.read_text() for p in MODEL.rglob("*.tmdl")), re.MULTILINE
    )
    assert len(tags) == len(set(tags)) > 100
