from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

os.environ.setdefault("DO_NOT_TRACK", "1")

# CI draws the same examples every time: it says whether a change broke something. Looking for new ones is what
# everybody's own `make test` does.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PROJECT = Path(__file__).resolve().parents[1]
SEED_DATA = PROJECT.parent / "shared" / "seed_data"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A Spark Connect session on the embedded engine, one for the whole test run."""
    from customer_360.engine import start_engine, stop_engine

    yield start_engine("sail")
    stop_engine()


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def seed_data() -> Path:
    """The real data of the four systems, when it lies next to the project (it is never part of it)."""
    if not SEED_DATA.is_dir():
        pytest.skip("the real seed data is not beside the project (../shared/seed_data)")
    return SEED_DATA
