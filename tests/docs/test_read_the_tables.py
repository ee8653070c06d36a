"""docs/read-the-tables.md and notebooks/explore_gold.ipynb, as a reader runs them, over the tables of a real run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from pyspark.sql import SparkSession
from support.declared import ROOT, make_tested_project
from support.runs import run_project

from customer_360.cli.project import cli

NOTEBOOK = "notebooks/explore_gold.ipynb"
NO_JAVA = """
import psutil
started = [process.name() for process in psutil.Process().children(recursive=True)]
assert not [name for name in started if "java" in name], started
"""


@pytest.fixture(scope="module")
def copied(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project, as a reader has it after a run."""
    copy = tmp_path_factory.mktemp("read_the_tables")
    make_tested_project(ROOT, copy)
    run_project(copy / "data" / "lakehouse", sources="sample", sample_customers=60, sample_seed=5)
    yield copy


@pytest.fixture
def lakehouse(copied: Path) -> Path:
    return copied / "data" / "lakehouse"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def clean_environment() -> dict[str, str]:
    """Without what this process's own session leaves there."""
    return {name: value for name, value in os.environ.items() if "SPARK" not in name}


@pytest.mark.long
def test_the_commands_of_the_page(lakehouse: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = project / "docs" / "read-the-tables.md"
    commands = [shlex.split(line) for block in blocks(page, "bash") for line in block.splitlines()]
    assert len(commands) >= 7
    monkeypatch.chdir(project)
    for command in commands:
        assert command[:2] == ["kedro", "sql"]
        output = [str(lakehouse / one) if one.endswith(".csv") else one for one in command[1:]]
        result = CliRunner().invoke(cli, [*output, "--lakehouse", str(lakehouse)])
        assert result.exit_code == 0, f"{command}: {result.output}"
    assert (lakehouse / "customers.csv").read_text().count("\n") > 60


@pytest.mark.long
def test_the_scripts_of_the_page(copied: Path, project: Path) -> None:
    page = project / "docs" / "read-the-tables.md"
    scripts = [block for block in blocks(page, "python") if not block.startswith("%")]
    assert len(scripts) == 2
    for script in scripts:
        result = subprocess.run(
            [sys.executable, "-c", script + NO_JAVA],
            cwd=copied, env=clean_environment(), capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert re.search(r"\d\d customers\n", result.stdout)


def test_the_notebook_is_committed_without_outputs(project: Path) -> None:
    notebook = nbformat.read(project / NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell.source


@pytest.mark.long
def test_the_notebook_runs_on_the_configured_engine(lakehouse: Path, project: Path) -> None:
    """And the flow runs in the same kernel afterwards, and tables load again in a new session."""
    notebook = nbformat.read(project / NOTEBOOK, as_version=4)
    (parameters,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    parameters.source = f"LAKEHOUSE = {str(lakehouse)!r}"
    more = [
        "first = customers.sparkSession",
        f'%reload_kedro --params "lakehouse={lakehouse},sample_customers=60,sample_seed=5"',
        'session.run(pipeline_names=["cleaning"])',
        f'%reload_kedro --params "lakehouse={lakehouse}"',
        'assert catalog.load("gold_customer_360").sparkSession is first, "a second engine"',
        NO_JAVA,
    ]
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in more]
    client = NotebookClient(
        notebook,
        timeout=280,
        kernel_name="python3",
        resources={"metadata": {"path": str(project / "notebooks")}},
    )
    client.execute(env=clean_environment())
    kinds = {
        kind for cell in notebook.cells for out in cell.get("outputs", []) for kind in out.get("data", {})
    }
    assert "application/vnd.plotly.v1+json" in kinds, "the plot"
    text = "".join(out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", []))
    assert "customer_id" in text and "tickets" in text
