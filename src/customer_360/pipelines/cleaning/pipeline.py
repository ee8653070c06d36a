"""Wiring of the pipeline ``cleaning``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, update_wrapper

from kedro.pipeline import Node, Pipeline

from customer_360.sources import SOURCES, Source

from .nodes import clean_records, collect_quarantine, reconcile_silver


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """One node per source from bronze to silver, then the quarantine of all and the check of the whole."""
    tables = [source.table for source in sources]
    written = [f"{layer}_{table}" for table in tables for layer in ("bronze", "silver")]
    quarantine = Node(
        collect_quarantine,
        inputs=[f"quarantined_{table}" for table in tables],
        outputs="silver_quarantine",
        name="collect_quarantine",
        tags=["silver"],
    )
    reconciliation = Node(
        update_wrapper(
            partial(reconcile_silver, names=tuple(source.name for source in sources)), reconcile_silver
        ),
        inputs=["silver_quarantine", *written],
        outputs="silver_quality_report",
        name="reconcile_silver",
        tags=["silver"],
    )
    return Pipeline([*map(_clean, sources), quarantine, reconciliation], tags=["cleaning"])


def _clean(source: Source) -> Node:
    return Node(
        update_wrapper(partial(clean_records, source=source), clean_records),
        inputs=[f"bronze_{source.table}", "params:cleaning", "params:ingestion"],
        outputs=[f"silver_{source.table}", f"quarantined_{source.table}"],
        name=f"clean_{source.table}",
        tags=["silver"],
    )
