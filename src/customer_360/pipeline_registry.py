"""The project's pipelines."""

from __future__ import annotations

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline


def register_pipelines() -> dict[str, Pipeline]:
    """All pipelines by name; ``__default__`` is the whole flow from source systems to ``customer_360``."""
    pipelines: dict[str, Pipeline] = find_pipelines(raise_errors=True)
    pipelines["__default__"] = pipelines["ingestion"] + pipelines["cleaning"] + pipelines["enrichment"]
    return pipelines
