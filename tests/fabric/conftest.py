from __future__ import annotations

import pytest
from support.fabric_runtime import Package, build_package


@pytest.fixture(scope="session")
def package() -> Package:
    """Wheel and configuration archive, built from this source."""
    return build_package()
