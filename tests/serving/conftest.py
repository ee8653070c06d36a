from __future__ import annotations

from pathlib import Path

import pytest
from support import small_lakehouse

from customer_360.serving import DeltaReader


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> DeltaReader:
    return DeltaReader(str(small_lakehouse.write(tmp_path_factory.mktemp("lakehouse"))))


@pytest.fixture(scope="session")
def nothing_there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")
