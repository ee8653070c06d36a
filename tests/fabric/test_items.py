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
from support.fabric_items import ITEMS, LOGICAL_IDS, NOBODY, PLATFORMS
from support.runs import PROJECT

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
RUN = "Run customer_360"
NOTEBOOKS = ("run_customer_360", "maintain_customer_360")


def pipeline() -> dict[str, Any]:
    content = json.loads((ITEMS / "customer_360_daily.DataPipeline" / "pipeline-content.json").read_text())
    return content["properties"]  # type: ignore[no-any-return]


def activity(name: str) -> dict[str, Any]:
    return next(one for one in pipeline()["activities"] if one["name"] == name)


def notebook_source(name: str = "run_customer_360") -> str:
    return (ITEMS / f"{name}.Notebook" / "notebook-content.py").read_text()


def notebook_cells(name: str = "run_customer_360") -> list[tuple[str, str]]:
    """(kind, source) of each cell of a notebook item."""
    parts = re.split(
        r"^# (METADATA|PARAMETERS CELL|CELL|MARKDOWN) \*{20}\n", notebook_source(name), flags=re.MULTILINE
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


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebook_compiles_and_its_metadata_is_json(name: str) -> None:
    for kind, source in notebook_cells(name):
        if kind != "MARKDOWN":
            compile(source, kind, "exec")
    blocks = re.findall(r"(?:^# META .*\n)+", notebook_source(name), re.MULTILINE)
    first, *others = [json.loads(re.sub(r"^# META ", "", block, flags=re.MULTILINE)) for block in blocks]
    assert first["dependencies"]["lakehouse"]["default_lakehouse"] == LOGICAL_IDS["customer_360.Lakehouse"]
    environment = first["dependencies"]["environment"]["environmentId"]
    assert environment == LOGICAL_IDS["customer_360_environment.Environment"]
    assert {block["language"] for block in others} == {"python"}


def parameters_of_the_notebook(name: str = "run_customer_360") -> set[str]:
    names: dict[str, Any] = {}
    exec(next(source for kind, source in notebook_cells(name) if kind == "PARAMETERS CELL"), names)
    return set(names) - {"__builtins__"}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebook_hands_every_parameter_on(name: str) -> None:
    import inspect

    from customer_360 import fabric

    called = getattr(fabric, name.partition("_")[0])
    assert parameters_of_the_notebook(name) == set(inspect.signature(called).parameters) - {"spark"}
    assert all(f"{one}={one}" in notebook_source(name) for one in parameters_of_the_notebook(name))


def test_the_pipeline_runs_the_notebook_with_parameters_that_exist() -> None:
    run = activity(RUN)
    assert run["typeProperties"]["notebookId"] == LOGICAL_IDS["run_customer_360.Notebook"]
    assert set(run["typeProperties"]["parameters"]) <= parameters_of_the_notebook()
    assert run["policy"]["retry"] >= 1
    assert re.fullmatch(r"\d\.\d\d:\d\d:\d\d", run["policy"]["timeout"])


def test_the_pipeline_runs_once_at_a_time_and_a_retry_outlives_a_lost_lease() -> None:
    """A second start queues. A retry comes when a session that ended without a word has lost its lease, or waits."""
    assert pipeline()["concurrency"] == 1
    settings = yaml.safe_load((PROJECT / "conf/onelake/parameters.yml").read_text())
    assert activity(RUN)["policy"]["retryIntervalInSeconds"] > settings["lease_expiry"]
    assert settings["lease_wait"] > settings["lease_expiry"]


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


def test_once_a_week_a_run_that_succeeded_is_followed_by_maintenance() -> None:
    condition = activity("If it is time for maintenance")
    assert condition["dependsOn"] == [{"activity": RUN, "dependencyConditions": ["Succeeded"]}]
    [maintain] = condition["typeProperties"]["ifTrueActivities"]
    assert maintain["typeProperties"]["notebookId"] == LOGICAL_IDS["maintain_customer_360.Notebook"]
    assert set(maintain["typeProperties"]["parameters"]) <= parameters_of_the_notebook(
        "maintain_customer_360"
    )
    expression = condition["typeProperties"]["expression"]["value"]
    assert "'weekly'), equals(dayOfWeek(utcNow()), 0)" in expression
    assert pipeline()["parameters"]["maintenance"]["defaultValue"] == "weekly"


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
