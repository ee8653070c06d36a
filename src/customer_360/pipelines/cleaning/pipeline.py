"""Wiring of the pipeline ``cleaning``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from typing import Any

from kedro.pipeline import Node, Pipeline

from customer_360.sources import SOURCES, Source

from . import nodes

_TABLES = {"tables": "lakehouse_tables", "scratch": "cleaning_scratch"}


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """One node per source from bronze to silver, then the quarantine of all and the check of the whole."""
    every = tuple(sources)
    names = tuple(source.name for source in every)
    quarantine = Node(
        _with(nodes.collect_quarantine, names=names),
        inputs=["previous_silver_quarantine", *[f"quarantined_{source.table}" for source in every]],
        outputs="silver_quarantine",
        name="collect_quarantine",
        tags=["silver"],
    )
    layers = {nodes.BRONZE: "bronze_", nodes.SILVER: "silver_", nodes.KNOWN: "previous_known_keys_"}
    reconciliation = Node(
        _with(nodes.reconcile_silver, sources=every),
        inputs={
            "ingestion": "params:ingestion",
            "cleaning": "params:cleaning",
            "quarantine": "silver_quarantine",
            "before": "previous_silver_quality_report",
            **_TABLES,
            **{
                f"{prefix}{one.name}": f"{table}{one.table}"
                for one in every
                for prefix, table in layers.items()
            },
        },
        outputs="silver_quality_report",
        name="reconcile_silver",
        tags=["silver"],
    )
    cleaning = [_clean(source, every) for source in every]
    return Pipeline([*cleaning, quarantine, reconciliation], tags=["cleaning"])


def _clean(source: Source, sources: Sequence[Source]) -> Node:
    return Node(
        _with(nodes.clean_records, source=source, sources=sources),
        inputs={
            "bronze": f"bronze_{source.table}",
            "cleaning": "params:cleaning",
            "ingestion": "params:ingestion",
            "typed": f"typed_{source.table}",
            **_TABLES,
        },
        outputs={"silver": f"silver_{source.table}", "quarantined": f"quarantined_{source.table}"},
        name=f"clean_{source.table}",
        tags=["silver"],
    )


def _with(function: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    return update_wrapper(partial(function, **arguments), function)
