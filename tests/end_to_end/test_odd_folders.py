"""The project and its lakehouse in folders as people name them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import DeltaTable
from support.runs import PROJECT, kedro, tables

ODD = [
    "My Lake",
    "Kündchen",
    "люди",
    "a#b",
    "50%",
    "~lake",
    "st*r [1]?",
    "a:b",
    "it's",
    "a`b",
    "_hidden",
    ".dot",
]


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_clone_in_a_folder_with_a_space_works_by_default(tmp_path: Path) -> None:
    project = tmp_path / "Müllers Projekt #1 люди"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("src", "conf"):
        shutil.copytree(PROJECT / name, project / name, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", project)
    settings = ("--params", "sample_customers=40")
    for said in ("Tables are in", "no record has changed"):
        result = kedro("run", *settings, project=project, timeout=800)
        assert result.returncode == 0, result.stderr
        assert said in result.stdout
    lakehouse = project / "data" / "lakehouse-40-360"
    assert f"Tables are in {lakehouse}/Tables." in result.stdout
    assert {path.name for path in tmp_path.iterdir()} == {project.name}
    assert {path.name for path in project.iterdir()} - {".viz"} == {"src", "conf", "pyproject.toml", "data"}
    for name in tables(lakehouse):
        DeltaTable(str(lakehouse / "Tables" / name)).to_pyarrow_table()
    customers = DeltaTable(str(lakehouse / "Tables/gold/customer_360")).to_pyarrow_table()
    customer = customers.column("customer_id")[0].as_py()
    explained = kedro("explain-link", customer, "--lakehouse", str(lakehouse), project=project)
    assert explained.returncode == 0 and customer in explained.stdout


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("engine", [pytest.param("spark", marks=pytest.mark.jvm)])
def test_jvm_spark_writes_where_it_is_told(engine: str, tmp_path: Path) -> None:
    """Sail is tried in tests/lakehouse/test_paths.py, in the tests' own process."""
    program = PROJECT / "tests" / "support" / "odd_folders.py"
    result = subprocess.run(
        [sys.executable, str(program), engine, str(tmp_path), *ODD],
        capture_output=True, text=True, timeout=1700, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    assert {path.name for path in tmp_path.iterdir()} == set(ODD)
