"""The project's pipelines."""

from __future__ import annotations

from importlib import import_module

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline

from customer_360.source_files import remember_sources
from customer_360.sources import SOURCES, Source
from customer_360.viz import as_pictured, being_viewed

FLOW = ("ingestion", "cleaning", "enrichment")


def register_pipelines() -> dict[str, Pipeline]:
    """All pipelines by name; ``__default__`` is the whole flow from source systems to ``customer_360``."""
    remember_sources(tuple(SOURCES))
    pipelines: dict[str, Pipeline] = find_pipelines(raise_errors=True)
    if set(FLOW) <= set(pipelines):  # Kedro finds only the requested ones when a run names some
        pipelines["__default__"] = Pipeline([pipelines[name] for name in FLOW])
        if being_viewed():  # charts and boxes belong to Kedro-Viz, not to a run
            return as_pictured(pipelines, FLOW)
    return pipelines


_whole: tuple[tuple[Source, ...], Pipeline] | None = None


def whole_flow() -> Pipeline:
    """All nodes of the flow, also where a run has asked for some of them only."""
    global _whole  # noqa: PLW0603  # made once for the same sources
    sources = tuple(SOURCES)
    if _whole is None or _whole[0] != sources:
        packages = [import_module(f"{__package__}.pipelines.{name}") for name in FLOW]
        _whole = sources, Pipeline([package.create_pipeline() for package in packages])
    return _whole[1]
