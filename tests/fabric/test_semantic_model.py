"""The Direct Lake model in `fabric/`: its columns are those declared of gold tables, its measures are over them.

What a run writes is what is declared: tests/test_schemas.py. Descriptions: tests/docs/test_tables.py.
"""

from __future__ import annotations

import re

from support.fabric_items import ITEMS, LOGICAL_IDS, NOBODY
from support.tmdl import Node, parse

from customer_360 import schemas

MODEL = ITEMS / "customer_360_model.SemanticModel" / "definition"
TYPES = {"STRING": "string", "BIGINT": "int64", "DOUBLE": "double", "BOOLEAN": "boolean", "DATE": "dateTime",
         "TIMESTAMP": "dateTime"}  # fmt: skip
GOLD = {table.name.removeprefix("gold/"): table for table in schemas.TABLES if table.name.startswith("gold/")}


def model_tables() -> dict[str, Node]:
    tables = [parse(path).children[0] for path in sorted((MODEL / "tables").glob("*.tmdl"))]
    return {table.name: table for table in tables}


def test_every_column_of_the_model_is_in_its_gold_table() -> None:
    for name, table in model_tables().items():
        [partition] = table.all("partition").values()
        [source] = partition.children
        assert partition.properties["mode"] == "directLake"
        assert (source.properties["entityName"], source.properties["schemaName"]) == (name, "gold")
        for column, node in table.all("column").items():
            assert node.properties["sourceColumn"] == column
            assert column in GOLD[name].names, f"{name}.{column} is in no gold table"
            kind = GOLD[name].column(column).type
            assert node.properties["dataType"] == TYPES[kind], f"{name}.{column} is {kind}"


# The model of a run as JSON is longer than a text may be in Direct Lake.
LEFT_OUT = {("identity_model", "model")}


def test_the_model_shows_every_gold_table_and_every_column_that_direct_lake_can() -> None:
    simple = {
        name: {one.name for one in table.columns if one.type in TYPES}
        - {column for left, column in LEFT_OUT if left == name}
        for name, table in GOLD.items()
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
