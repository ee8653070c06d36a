"""A catalog whose Spark datasets use the configured engine, also those that kedro-datasets brings.

These ask a function of kedro-datasets for the session. Where none runs yet, it starts a JVM, or, where it cannot reach
the one that it was told to use, silently another one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractDataset, DataCatalog

from customer_360.engine import spark_session

if TYPE_CHECKING:
    from kedro.io.core import Version

_ROOM = "kedro_datasets."
_DOORS = ("get_spark", "get_spark_with_remote_support")  # of kedro_datasets._utils.spark_utils


def use_configured_engine(kind: type) -> None:
    """Make a class of datasets, if it is one of kedro-datasets', ask us for its session."""
    for parent in kind.__mro__:
        module = sys.modules[parent.__module__]
        if module.__name__.startswith(_ROOM):
            for door in _DOORS:
                if hasattr(module, door):
                    setattr(module, door, spark_session)


class EngineCatalog(DataCatalog):
    """Kedro's catalog; each dataset that it hands out uses the configured engine (``DATA_CATALOG_CLASS``)."""

    def get(
        self, key: str, fallback_to_runtime_pattern: bool = False, version: Version | None = None
    ) -> AbstractDataset[Any, Any] | None:
        """As Kedro's own."""
        dataset = super().get(key, fallback_to_runtime_pattern, version)
        if dataset is not None:
            use_configured_engine(type(dataset))
        return dataset
