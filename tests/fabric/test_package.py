"""The wheel and the configuration archive: what is in them, and that they work without the source tree."""

from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support.fabric_runtime import PYTHON, RUNTIMES, Package, make_environment

pytestmark = [pytest.mark.fabric, pytest.mark.timeout(1200)]

# What Fabric brings along, and what must never be pulled onto it.
PROVIDED = {
    "pyspark", "delta-spark", "pandas", "pyarrow", "numpy", "py4j", "ipykernel", "ipython", "jupyter", "notebook",
    "notebookutils", "pysail", "deltalake", "grpcio", "mimesis", "kedro-viz",
}  # fmt: skip
# Of Runtime 1.3 these are too old for Kedro and pydantic; an Environment item may replace them.
REPLACED = {"1.3": {"click", "packaging", "typing-extensions"}, "2.0": set()}


def requirements(wheel: Path) -> list[Requirement]:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(name).decode())
    return [Requirement(text) for text in metadata.get_all("Requires-Dist") or []]


def test_the_wheel_depends_on_nothing_that_fabric_provides(package: Package) -> None:
    always = {one.name for one in requirements(package.wheel) if one.marker is None}
    assert "kedro" in always
    assert always & PROVIDED == set()


def test_the_wheel_holds_the_code_and_nothing_else(package: Package) -> None:
    with zipfile.ZipFile(package.wheel) as archive:
        names = archive.namelist()
    assert "customer_360/fabric/notebook.py" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"customer_360"}
    assert [name for name in names if not name.endswith(".py") and ".dist-info/" not in name] == []
    assert [name for name in names if "test" in name or "conf/" in name] == []


def test_the_archive_holds_no_secret_and_nothing_local(package: Package) -> None:
    with tarfile.open(package.configuration) as archive:
        files = {entry.name for entry in archive if entry.isfile()}
    assert {"conf/base/catalog.yml", "conf/base/sources/crm.yml", "conf/onelake/globals.yml"} <= files
    assert [name for name in files if "credentials" in name or name.startswith("conf/local/")] == []


@pytest.mark.parametrize("runtime", ["2.0", "1.3"])
def test_the_wheel_leaves_the_runtime_as_it_is(package: Package, runtime: str) -> None:
    environment = make_environment(
        runtime, python=PYTHON[runtime], requirements=RUNTIMES / f"{runtime}.txt", install=str(package.wheel)
    )
    changed = {name for name, version in environment.before.items() if environment.after.get(name) != version}
    assert changed == REPLACED[runtime]
    assert set(environment.after) - set(environment.before) & PROVIDED == set()
    assert set(environment.after) - set(environment.before) >= {"customer-360", "kedro", "kedro-datasets"}


def test_the_package_runs_in_a_clean_environment(package: Package, tmp_path: Path) -> None:
    """With the extra `local`: the embedded engine and the sample sources, and no source tree near it."""
    environment = make_environment(
        "clean", python=PYTHON["2.0"], requirements=None, install=f"{package.wheel}[local]"
    )
    settings = f"sources=sample,sample_customers=50,lakehouse={tmp_path / 'lakehouse'}"
    result = subprocess.run(
        [
            str(environment.python.with_name("customer_360")), "--conf-source", str(package.configuration),
            "--params", settings,
        ],
        cwd=tmp_path,
        env={**os.environ, "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "gold/customer_360" in result.stdout
    assert (tmp_path / "lakehouse" / "Tables" / "gold" / "customer_360" / "_delta_log").is_dir()
