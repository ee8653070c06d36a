"""Wiring of the pipeline ``ingestion``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, update_wrapper

from kedro.pipeline import Node, Pipeline

from customer_360.sources import SOURCES, Source

from .nodes import append_changes


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """One node per source, from the source system to its bronze change log."""
    return Pipeline([_ingest(source.table) for source in sources], tags=["ingestion"])


def _ingest(table: str) -> Node:
    return Node(
        update_wrapper(partial(append_changes, table=table), append_changes),
        inputs=[f"source_{table}", f"previous_bronze_{table}", "params:ingestion", "run_id", "run_time"],
        outputs=f"bronze_{table}",
        name=f"ingest_{table}",
        tags=["bronze"],
    )
