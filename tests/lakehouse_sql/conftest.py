from __future__ import annotations

from pathlib import Path

import pytest
from support.odd_lakehouse import write_odd_lakehouse


@pytest.fixture(scope="session")
def odd_lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_odd_lakehouse(tmp_path_factory.mktemp("sql"))
