"""The pins and the environments made from them: each Python, without pip, with the client and with JVM Spark."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from lock import KINDS, blocks
from packaging.requirements import Requirement
from support.declared import ROOT
from support.fabric_runtime import interpreter, pythons

from tools.environment import requirements

PYTHONS = pythons(at_least=("3.11", "3.13"), perhaps=("3.12",))
registry = pytest.mark.fabric


def pins(name: str) -> dict[str, set[str]]:
    """Every version of every package in a lock (another Python may need another one)."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if line[:1].isalnum():
            one = Requirement(line.removesuffix(" \\"))
            found.setdefault(one.name, set()).add(str(one.specifier).removeprefix("=="))
    return found


def test_a_run_has_the_versions_that_everything_has() -> None:
    everything, run = pins("constraints.lock"), pins("requirements.lock")
    assert {name: other for name, versions in run.items() if (other := versions - everything[name])} == {}


def test_a_run_needs_no_jvm_and_no_tool() -> None:
    assert pins("requirements.lock").keys() & {
        "pyspark", "delta-spark", "kedro-viz", "plotly", "pytest", "fabric-cicd",
    } == set()  # fmt: skip


def test_pyspark_and_its_client_are_the_same_version() -> None:
    everything = pins("constraints.lock")
    assert everything["pyspark"] == everything["pyspark-client"]


def test_everything_that_may_be_asked_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    everything = pins("constraints.lock")
    wrong = [
        text
        for text in asked
        if (one := Requirement(text)).name != "customer_360"
        and not any(one.specifier.contains(version) for version in everything.get(one.name.lower(), ()))
    ]
    assert wrong == [], "run: make lock"


def test_no_lock_names_a_registry() -> None:
    for name in ("constraints.lock", "requirements.lock", "extras.lock"):
        assert re.findall(r"https?:|--index|--find-links|@ ", (ROOT / name).read_text()) == []


@pytest.mark.parametrize("name", ["constraints.lock", "requirements.lock"])
def test_every_pin_has_the_digests_of_its_files(name: str) -> None:
    found = blocks((ROOT / name).read_text())
    assert found.keys() == pins(name).keys()
    assert [one for several in found.values() for one in several if "--hash=sha256:" not in one] == []


def test_the_extras_bring_nothing_that_is_not_pinned() -> None:
    brought = dict(line.split(": ") for line in (ROOT / "extras.lock").read_text().splitlines())
    assert brought.keys() == KINDS.keys()
    assert {name for names in brought.values() for name in names.split()} <= pins("constraints.lock").keys()
    assert set(brought["local"].split()) == pins("requirements.lock").keys()


@pytest.mark.parametrize(
    ("extras", "pyspark"),
    [
        (["local"], "pyspark-client"),
        (["viz"], "pyspark-client"),
        (["spark"], "pyspark"),
        (["spark", "dev"], "pyspark"),
        (["local", "spark"], "pyspark"),
    ],
)
def test_there_is_one_pyspark_whatever_is_asked_for(extras: list[str], pyspark: str) -> None:
    names = blocks(requirements(extras)).keys()
    assert names & {"pyspark", "pyspark-client"} == {pyspark}
    assert {"kedro", "pysail", "deltalake"} <= names


def test_without_pip_and_without_uv_it_says_what_to_do(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True, timeout=60
    )
    python = tmp_path / "env" / "bin" / "python"
    shown = subprocess.run(
        [str(python), str(ROOT / "tools" / "environment.py"), "viz"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert shown.returncode == 1
    assert f"{tmp_path / 'env'} has no pip, and there is no uv on the PATH. Install uv" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert not (tmp_path / "env" / ".installed-viz").exists()


def environment(python: str, *, use: str = "run") -> Path:
    """The interpreter of an environment that uv made, so without pip, for these pins."""
    inputs = [
        interpreter(python),
        *(Path(ROOT / name).read_text() for name in ("constraints.lock", "pyproject.toml")),
    ]
    folder = (
        ROOT
        / ".venv"
        / "pythons"
        / f"{use}-{python}-{hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]}"
    )
    if not folder.exists():
        for former in folder.parent.glob(f"{use}-{python}-*"):  # of other pins
            shutil.rmtree(former)
        command([uv(), "venv", "--quiet", "--python", interpreter(python), str(folder)])
    return folder / "bin" / "python"


def uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def command(arguments: list[str], *, seconds: int = 900) -> subprocess.CompletedProcess[str]:
    variables = {
        **os.environ,
        "DO_NOT_TRACK": "1",
        "PATH": f"{Path(uv()).parent}{os.pathsep}{os.environ['PATH']}",
    }
    try:
        return subprocess.run(
            arguments, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=seconds, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        printed = (error.stdout or b"").decode()
        pytest.fail(f"{' '.join(arguments)} did not end within {seconds} s; it printed:\n{printed}")


def add(python: Path, *extras: str) -> None:
    shown = command([str(python), str(ROOT / "tools" / "environment.py"), *extras])
    assert shown.returncode == 0, shown.stdout + shown.stderr


def installed(python: Path) -> dict[str, str]:
    shown = command([uv(), "pip", "freeze", "--exclude-editable", "--python", str(python)])
    return dict(line.split("==") for line in shown.stdout.split())


@registry
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_sample_runs_and_ends_by_itself(python: str, tmp_path: Path) -> None:
    """On every Python: the engine's threads kept the process of some from ending, after all was printed."""
    of_it = environment(python)
    add(of_it, "local")
    allowed = pins("requirements.lock")
    assert {name: version for name, version in installed(of_it).items() if version not in allowed[name]} == {}
    run = command(
        [str(of_it.with_name("kedro")), "run", "--params", f"sample_customers=50,lakehouse={tmp_path}"],
        seconds=900,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "gold/customer_360" in run.stdout


@registry
@pytest.mark.timeout(2400)
def test_what_a_run_lacks_is_said_and_can_be_added(tmp_path: Path) -> None:
    python = environment("3.13", use="spark")
    add(python, "local")
    spark = [str(python.with_name("kedro")), "run", "--params", f"engine=spark,lakehouse={tmp_path}"]
    refused = command(spark)
    assert refused.returncode == 1
    assert "needs JVM Spark, which is not installed" in refused.stderr
    assert "make spark" in refused.stderr
    assert "Traceback" not in refused.stderr
    add(python, "spark")
    add(python, "onelake")
    assert installed(python).keys() & {"pyspark", "pyspark-client", "delta-spark", "obstore"} == {
        "pyspark", "delta-spark", "obstore",
    }  # fmt: skip
    shown = command(
        [str(python), "-c", "import pyspark.core, pyspark.sql.connect.session, delta; print('whole')"]
    )
    assert shown.stdout.strip() == "whole", shown.stderr
    shutil.rmtree(python.parents[1])  # the next time begins with the client again
