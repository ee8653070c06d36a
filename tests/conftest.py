from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import settings
from support.declared import ROOT, tested_project

os.environ.setdefault("DO_NOT_TRACK", "1")

# CI draws the same examples every time: it says whether a change broke something. Looking for new ones is what
# everybody's own `make test` does.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

# The configuration is read some hundred times: libyaml reads it several times as fast as Python. (Tests that start
# `kedro` as a process read it as users do.)
if hasattr(yaml, "CSafeLoader"):
    yaml.SafeLoader = yaml.CSafeLoader  # type: ignore[misc,assignment]

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from support.sample import SampleRun

SEED_DATA = ROOT.parent / "shared" / "seed_data"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A Spark Connect session on the embedded engine, one for the whole test run."""
    from customer_360.engine.session import start_engine, stop_engine

    yield start_engine("sail")
    stop_engine()


@pytest.fixture(scope="session")
def project() -> Path:
    """The project with the sources that tests declare (:mod:`support.declared`)."""
    return tested_project()


@pytest.fixture
def onelake_in_fabric(tmp_path: Path) -> Iterator[Path]:
    """This process is in Fabric; the folder of the lakehouse ``support.onelake_in_fabric.ADDRESS``."""
    from support.onelake_in_fabric import in_fabric_over

    with in_fabric_over(tmp_path / "onelake") as lakehouse:
        yield lakehouse


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """A lakehouse as `kedro run` leaves it, one for all workers of pytest-xdist: only to be read."""
    from support.sample import shared_run

    own = tmp_path_factory.getbasetemp()
    return shared_run((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sample_run")


@pytest.fixture(scope="session")
def seed_data() -> Path:
    """The real data of the four systems, when it lies next to the project (it is never part of it)."""
    if not SEED_DATA.is_dir():
        pytest.skip("the real seed data is not beside the project (../shared/seed_data)")
    return SEED_DATA
