"""The Fabric items in git, without a tenant: they parse, and whatever they name exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from support.runs import PROJECT
from support.tmdl import Node, parse

ITEMS = PROJECT / "fabric"
NOBODY = "00000000-0000-0000-0000-000000000000"
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PLATFORMS = {path.parent.name: json.loads(path.read_text()) for path in sorted(ITEMS.glob("*/.platform"))}
LOGICAL_IDS = {name: platform["config"]["logicalId"] for name, platform in PLATFORMS.items()}
RUN = "Run customer_360"


def pipeline() -> dict[str, Any]:
    content = json.loads((ITEMS / "customer_360_daily.DataPipeline" / "pipeline-content.json").read_text())
    return content["properties"]  # type: ignore[no-any-return]


def activity(name: str) -> dict[str, Any]:
    return next(one for one in pipeline()["activities"] if one["name"] == name)


def notebook_source() -> str:
    return (ITEMS / "run_customer_360.Notebook" / "notebook-content.py").read_text()


def notebook_cells() -> list[tuple[str, str]]:
    """(kind, source) of each cell of the notebook item."""
    parts = re.split(
        r"^# (METADATA|PARAMETERS CELL|CELL|MARKDOWN) \*{20}\n", notebook_source(), flags=re.MULTILINE
    )
    cells = list(zip(parts[1::2], (text.strip() for text in parts[2::2]), strict=True))
    return [(kind, text) for kind, text in cells if kind != "METADATA"]


def test_every_kind_of_item_is_there() -> None:
    kinds = {platform["metadata"]["type"] for platform in PLATFORMS.values()}
    assert kinds == {
        "Lakehouse",
        "Environment",
        "Notebook",
        "DataPipeline",
        "VariableLibrary",
        "SemanticModel",
    }
    for folder, platform in PLATFORMS.items():
        assert folder == f"{platform['metadata']['displayName']}.{platform['metadata']['type']}"
    assert len(set(LOGICAL_IDS.values())) == len(LOGICAL_IDS)


def test_every_json_and_yaml_file_parses() -> None:
    for path in ITEMS.rglob("*"):
        if path.suffix in (".json", ".pbism") or path.name in (".platform", ".schedules"):
            json.loads(path.read_text())
        elif path.suffix == ".yml":
            yaml.safe_load(path.read_text())


def test_nothing_holds_the_id_of_a_tenant() -> None:
    """Every GUID is a logical id of these items, the nobody of fabric-cicd, or a lineage tag of the model."""
    known = {*LOGICAL_IDS.values(), NOBODY}
    for path in ITEMS.rglob("*"):
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith(("lineageTag:", "relationship ")):
                continue
            assert set(GUID.findall(line)) <= known, f"{path}: {line}"


def test_the_lakehouse_has_schemas() -> None:
    metadata = json.loads((ITEMS / "customer_360.Lakehouse" / "lakehouse.metadata.json").read_text())
    assert metadata == {"defaultSchema": "dbo"}


def test_the_environment_is_runtime_2_and_keeps_tables_readable() -> None:
    compute = yaml.safe_load(
        (ITEMS / "customer_360_environment.Environment/Setting/Sparkcompute.yml").read_text()
    )
    assert compute["runtime_version"] == "2.0"
    assert (
        compute["spark_conf"]["spark.databricks.delta.properties.defaults.enableDeletionVectors"] == "false"
    )


def test_the_environment_brings_what_the_wheel_needs_and_fabric_lacks() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    needed = {one.name: one.specifier for one in map(Requirement, project["dependencies"])}
    path = ITEMS / "customer_360_environment.Environment/Libraries/PublicLibraries/environment.yml"
    [pip] = yaml.safe_load(path.read_text())["dependencies"]
    pinned = dict(line.split("==") for line in pip["pip"])
    runtime = (PROJECT / "tests/fabric/runtimes/2.0.txt").read_text()
    has = set(re.findall(r"^([a-z0-9-]+)==", runtime, re.MULTILINE))
    assert set(pinned) == set(needed) - has
    for name, version in pinned.items():
        assert version in needed[name], f"{name}=={version} does not fit pyproject.toml ({needed[name]})"


def test_the_notebook_item_is_the_notebook(project: Path) -> None:
    notebook = nbformat.read(project / "notebooks" / "run_customer_360.ipynb", as_version=4)
    expected = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            expected.append(
                ("MARKDOWN", "\n".join(f"# {line}".rstrip() for line in cell.source.splitlines()))
            )
        else:
            is_parameters = "parameters" in cell.metadata.get("tags", [])
            expected.append(("PARAMETERS CELL" if is_parameters else "CELL", cell.source))
    found = [
        (kind, "\n".join(line.rstrip() for line in text.splitlines())) for kind, text in notebook_cells()
    ]
    assert found == expected


def test_the_notebook_compiles_and_its_metadata_is_json() -> None:
    for kind, source in notebook_cells():
        if kind != "MARKDOWN":
            compile(source, kind, "exec")
    blocks = re.findall(r"(?:^# META .*\n)+", notebook_source(), re.MULTILINE)
    first, *others = [json.loads(re.sub(r"^# META ", "", block, flags=re.MULTILINE)) for block in blocks]
    assert first["dependencies"]["lakehouse"]["default_lakehouse"] == LOGICAL_IDS["customer_360.Lakehouse"]
    environment = first["dependencies"]["environment"]["environmentId"]
    assert environment == LOGICAL_IDS["customer_360_environment.Environment"]
    assert {block["language"] for block in others} == {"python"}


def parameters_of_the_notebook() -> set[str]:
    names: dict[str, Any] = {}
    exec(next(source for kind, source in notebook_cells() if kind == "PARAMETERS CELL"), names)
    return set(names) - {"__builtins__"}


def test_the_notebook_hands_every_parameter_on() -> None:
    import inspect

    from customer_360 import fabric

    assert parameters_of_the_notebook() == set(inspect.signature(fabric.run).parameters) - {"spark"}


def test_the_pipeline_runs_the_notebook_with_parameters_that_exist() -> None:
    run = activity(RUN)
    assert run["typeProperties"]["notebookId"] == LOGICAL_IDS["run_customer_360.Notebook"]
    assert set(run["typeProperties"]["parameters"]) <= parameters_of_the_notebook()
    assert run["policy"]["retry"] >= 1
    assert re.fullmatch(r"\d\.\d\d:\d\d:\d\d", run["policy"]["timeout"])


def test_every_expression_of_the_pipeline_names_what_exists() -> None:
    properties = pipeline()
    text = json.dumps(properties["activities"])
    assert set(re.findall(r"pipeline\(\)\.parameters\.(\w+)", text)) == set(properties["parameters"])
    assert set(re.findall(r"pipeline\(\)\.libraryVariables\.(\w+)", text)) == set(
        properties["libraryVariables"]
    )
    names = {one["name"] for one in properties["activities"]}
    assert set(re.findall(r"activity\('([^']+)'\)", text)) <= names
    assert {one["activity"] for a in properties["activities"] for one in a["dependsOn"]} <= names
    for one in properties["activities"]:
        if one["type"] == "SetVariable":
            assert one["typeProperties"]["variableName"] in properties["variables"]


def test_a_failed_run_ends_the_pipeline_as_failed_and_says_what_failed() -> None:
    fail = activity("Say what failed")
    assert fail["type"] == "Fail"
    assert fail["dependsOn"] == [{"activity": RUN, "dependencyConditions": ["Failed"]}]
    assert f"activity('{RUN}')?.error?.message" in fail["typeProperties"]["message"]["value"]


def test_the_variables_of_the_pipeline_are_in_the_library_and_fit_every_environment() -> None:
    folder = ITEMS / "customer_360_settings.VariableLibrary"
    variables = {one["name"]: one for one in json.loads((folder / "variables.json").read_text())["variables"]}
    for bound in pipeline()["libraryVariables"].values():
        assert bound["libraryId"] == LOGICAL_IDS[folder.name]
        assert bound["libraryName"] == "customer_360_settings"
        assert variables[bound["variableName"]]["type"] == bound["type"]
    targets = yaml.safe_load((ITEMS / "targets.yml").read_text())
    assert json.loads((folder / "settings.json").read_text())["valueSetsOrder"] == list(targets)
    from customer_360.parameters.run import RunSettings

    for environment in targets:
        values = json.loads((folder / "valueSets" / f"{environment}.json").read_text())
        assert values["name"] == environment
        changed = {one["name"]: one["value"] for one in values["variableOverrides"]}
        assert set(changed) <= set(variables)
        RunSettings.check_names(json.loads(changed.get("parameters", variables["parameters"]["value"])))


def test_the_schedule_is_off_in_git_and_on_in_production() -> None:
    schedules = json.loads((ITEMS / "customer_360_daily.DataPipeline" / ".schedules").read_text())[
        "schedules"
    ]
    assert [one["enabled"] for one in schedules] == [False]
    [entry] = yaml.safe_load((ITEMS / "parameter.yml").read_text())["key_value_replace"]
    assert entry["replace_value"] == {"dev": False, "test": False, "prod": True}
    assert (ITEMS / entry["file_path"].lstrip("/")).is_file()


def test_every_replacement_finds_something_and_gives_an_item_that_exists() -> None:
    """fabric-cicd passes over a value that it does not find, and over a lakehouse that is not there."""
    for entry in yaml.safe_load((ITEMS / "parameter.yml").read_text())["find_replace"]:
        kinds = [entry["item_type"]] if isinstance(entry["item_type"], str) else entry["item_type"]
        for kind in kinds:
            files = [path for path in ITEMS.glob(f"*.{kind}/**/*") if path.is_file()]
            assert any(entry["find_value"] in path.read_text() for path in files), (kind, entry)
        for value in entry["replace_value"].values():
            if found := re.fullmatch(r"\$items\.(\w+)\.(\w+)\.\$id", value):
                assert f"{found[2]}.{found[1]}" in PLATFORMS
            else:
                assert value == "$workspace.$id"


@pytest.mark.parametrize("environment", ["dev", "test", "prod"])
def test_fabric_cicd_accepts_the_items(environment: str) -> None:
    code = (
        "import sys\n"
        "from fabric_cicd._parameter._utils import validate_parameter_file\n"
        "sys.exit(0 if validate_parameter_file(sys.argv[1], environment=sys.argv[2]) else 1)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(ITEMS), environment],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


# ------------------------------------------------------------------------------------------ the semantic model
MODEL = ITEMS / "customer_360_model.SemanticModel" / "definition"
TYPES = {"string": "string", "long": "int64", "integer": "int64", "double": "double", "boolean": "boolean",
         "date": "dateTime", "timestamp": "dateTime"}  # fmt: skip


def model_tables() -> dict[str, Node]:
    tables = [parse(path).children[0] for path in sorted((MODEL / "tables").glob("*.tmdl"))]
    return {table.name: table for table in tables}


@pytest.fixture(scope="module")
def gold(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gold tables as a run writes them."""
    from support.runs import run_project

    root = tmp_path_factory.mktemp("gold")
    run_project(root, sources="sample", sample_customers=60, sample_seed=3)
    return root / "Tables" / "gold"


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
