"""The project's shape: what every pipeline, dataset, node and import must keep to."""

from __future__ import annotations

import ast
import graphlib
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from customer_360.datasets.rest import RestSourceDataset

RUN_INPUTS = {"run_id", "run_time", "show_values"}
LAYERS = {"source", "bronze", "silver", "identity", "gold"}
NAMED = ("ingestion", "cleaning", "enrichment")


@pytest.fixture(scope="module")
def catalog(project: Path) -> Iterator[DataCatalog]:
    bootstrap_project(project)
    with KedroSession.create(project_path=project) as session:
        yield session.load_context().catalog


@pytest.fixture(scope="module")
def default(catalog: DataCatalog) -> Pipeline:
    return pipelines["__default__"]


def datasets_of(pipeline: Pipeline) -> set[str]:
    return {name for name in pipeline.datasets() if not name.startswith("params:")} - RUN_INPUTS


def test_the_default_pipeline_is_the_three_in_order(default: Pipeline) -> None:
    assert {node.name for node in default.nodes} == {
        node.name for name in NAMED for node in pipelines[name].nodes
    }
    for earlier, later in itertools.pairwise(NAMED):
        assert pipelines[later].all_outputs().isdisjoint(pipelines[earlier].inputs())


def test_no_two_layers_feed_each_other(catalog: DataCatalog, default: Pipeline) -> None:
    """Kedro-Viz shows none of them then."""

    def layer(name: str) -> str | None:
        metadata = getattr(catalog.get(name), "metadata", None) or {}
        found: str | None = metadata.get("kedro-viz", {}).get("layer")
        return found

    fed_by: dict[str, set[str]] = {}
    for node in default.nodes:
        for before, after in itertools.product(map(layer, node.inputs), map(layer, node.outputs)):
            if before and after and before != after:
                fed_by.setdefault(after, set()).add(before)
    assert list(graphlib.TopologicalSorter(fed_by).static_order()) == [
        "source",
        "bronze",
        "silver",
        "identity",
        "gold",
    ]


def test_apis_and_bronze_tell_records_apart_by_the_same_field(catalog: DataCatalog) -> None:
    """The one judges whether a pull is complete, the other what is new."""
    tables = catalog["params:ingestion"].load().sources
    apis = {table: catalog[f"source_{table}"] for table in tables}
    apis = {table: api for table, api in apis.items() if isinstance(api, RestSourceDataset)}
    assert {table: api._describe()["key_field"] for table, api in apis.items()} == {
        table: tables[table].key_field for table in apis if tables[table].unique_keys
    }


def test_every_dataset_resolves_from_the_catalog(default: Pipeline, catalog: DataCatalog) -> None:
    """A name that matches no entry and no pattern would silently become a MemoryDataset."""
    resolver = catalog.config_resolver
    unknown = {
        name
        for name in datasets_of(default)
        if name not in resolver.config and not resolver.match_dataset_pattern(name)
    }
    assert not unknown


def test_every_dataset_says_its_layer(default: Pipeline, catalog: DataCatalog) -> None:
    layers: dict[str, Any] = {}
    for name in datasets_of(default):
        metadata = getattr(catalog.get(name), "metadata", None) or {}
        layers[name] = (metadata.get("kedro-viz") or {}).get("layer")
    assert {name for name, layer in layers.items() if layer not in LAYERS} == set()
    # what a run keeps for the next, or on the side, is no table; it stands where it is used, as former silver does
    kept = ("identity_state", "known_keys_", "watermark_")
    aside = ("_scratch", "typed_", "lakehouse_tables", "crosswalk_changes", "touched_customers")
    used = (*kept, *aside, "previous_silver_")
    tables = {name: layer for name, layer in layers.items() if not any(part in name for part in used)}
    # who is who is a layer of its own in the picture, its tables are among those of gold
    assert {
        name for name, layer in tables.items() if layer not in name and layer not in ("silver", "identity")
    } == set()


def test_every_node_is_named_and_tagged_with_its_pipeline() -> None:
    for name in NAMED:
        for node in pipelines[name].nodes:
            assert re.fullmatch(r"[a-z][a-z0-9_]+", node._name or ""), f"{node} has no plain name"
            assert name in node.tags, f"{node.name} lacks the tag {name}"


def test_each_table_is_written_by_one_node(default: Pipeline) -> None:
    written = [output for node in default.nodes for output in node.outputs]
    assert len(written) == len(set(written))


def test_forbidden_imports(project: Path) -> None:
    """The contracts are in pyproject.toml, [tool.importlinter]."""
    tool = Path(sys.executable).parent / "lint-imports"
    if not tool.exists() and not shutil.which("lint-imports"):
        pytest.skip("import-linter is not installed")
    result = subprocess.run(
        [str(tool) if tool.exists() else "lint-imports"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        (
            "identity/prepare/texts.py",
            "from customer_360.stewardship import joined_by",
            "Imports run downward only",
        ),
        (
            "identity/prepare/texts.py",
            "from customer_360.identity.score import fit",
            "Imports run downward only inside",
        ),
        ("console/hints.py", "from customer_360.lakehouse.lease import Lease", "reached through its face"),
        ("profile/order.py", "import kedro.io", "know nothing of Kedro"),
        ("brand_new.py", "", "Imports run downward only"),  # every room has its place
    ],
)
def test_the_contracts_see_what_they_forbid(
    project: Path, tmp_path: Path, room: str, line: str, contract: str
) -> None:
    for name in ("src", "tools", "pyproject.toml"):
        copy = shutil.copytree if (project / name).is_dir() else shutil.copy
        copy((project / name).resolve(), tmp_path / name)
    path = tmp_path / "src" / "customer_360" / room
    path.write_text((path.read_text() if path.exists() else '"""New."""\n') + line + "\n")
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    broken = [row for row in result.stdout.splitlines() if row.endswith("BROKEN")]
    assert result.returncode == 1
    assert any(contract in row for row in broken), result.stdout


@pytest.mark.parametrize("word", ["toPandas", "sparkContext", "_jvm", ".rdd", "DeltaTable.for", ".cache("])
def test_node_code_stays_on_the_common_spark_api(project: Path, word: str) -> None:
    """What only one of the engines has, or what collects a table, has no place outside the engine."""
    rooms = [path for path in (project / "src").rglob("*.py") if path.parent.name != "engine"]
    assert rooms
    assert [path.name for path in rooms if word in path.read_text()] == []


LINES_OF_A_MODULE, LINES_OF_A_FUNCTION = 250, 40
# Names that say what a module is for, the same in several of them.
NAMES_OF_SEVERAL = {"create_pipeline", "main", "run"}
# So short that it may be written twice.
LINES_OF_A_PHRASE = 2

Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="module")
def modules(project: Path) -> dict[str, ast.Module]:
    """Every module of the package, by its path in it."""
    package = project / "src" / "customer_360"
    return {
        path.relative_to(package).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(package.rglob("*.py"))
    }


def functions_of(module: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(module) if isinstance(node, Function))


def statements_of(function: Function) -> list[ast.stmt]:
    """Its body, without the docstring."""
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def lines_of(first: ast.AST, last: ast.AST) -> int:
    return (last.end_lineno or 0) - first.lineno + 1  # type: ignore[attr-defined]


def test_modules_are_small_rooms(project: Path) -> None:
    long = {
        path.name: n
        for path in (project / "src").rglob("*.py")
        if (n := len(path.read_text().splitlines())) > LINES_OF_A_MODULE
    }
    assert not long


def test_functions_are_short(modules: dict[str, ast.Module]) -> None:
    """Signature and docstring count, and functions inside others do too."""
    long = {
        (path, function.name): n
        for path, module in modules.items()
        for function in functions_of(module)
        if (n := lines_of(function, function)) > LINES_OF_A_FUNCTION
    }
    assert not long


def test_no_public_name_is_given_twice(modules: dict[str, ast.Module]) -> None:
    """A function or class that two modules call the same is looked for in the wrong one."""
    defined_in: dict[str, list[str]] = defaultdict(list)
    for path, module in modules.items():
        for node in module.body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                defined_in[node.name].append(path)
    twice = {name: paths for name, paths in defined_in.items() if len(paths) > 1}
    assert {name: paths for name, paths in twice.items() if name not in NAMES_OF_SEVERAL} == {}


def test_no_function_is_written_twice(modules: dict[str, ast.Module]) -> None:
    """Two of the same body are one function, in the place that both may import."""
    written: dict[str, list[str]] = defaultdict(list)
    for path, module in modules.items():
        for function in functions_of(module):
            body = statements_of(function)
            if body and lines_of(body[0], body[-1]) > LINES_OF_A_PHRASE:
                written["\n".join(map(ast.dump, body))].append(f"{path}: {function.name}")
    assert [names for names in written.values() if len(names) > 1] == []


# Errors that show a traceback: what they say is wrong in the program, or another module turns them into its own.
NOT_FOR_PEOPLE = {
    "ReconciliationError", "MissingColumnsError", "TotalsError", "UnaccountedRecordsError",
    "ColumnsError", "RequestError", "RunFailedError",
    "_TooDeepError", "CutShort", "NotJson", "AnswerNotJson", "PassingFault", "UnreadableType",
    "CannotAskError",
}  # fmt: skip


def test_whatever_stops_a_run_on_purpose_is_told_in_one_message(project: Path) -> None:
    """Not with a traceback: an error of ours is expected, or known not to be for people."""
    from customer_360.expected_errors import EXPECTED_ERRORS

    kind = re.compile(r"^class (\w+)\((?:RuntimeError|ValueError|Exception)\):", re.MULTILINE)
    ours = {
        name for path in (project / "src").rglob("*.py") for name in kind.findall(path.read_text("utf-8"))
    }
    assert ours - {error.__name__ for error in EXPECTED_ERRORS} == NOT_FOR_PEOPLE
