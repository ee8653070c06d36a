"""Wiring of the pipeline ``ingestion``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, update_wrapper

from kedro.pipeline import Node, Pipeline

from customer_360.sources import SOURCES, Source

from .nodes import ingest_records


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """One node per source, from the source system to its bronze change log."""
    return Pipeline([_ingest(source) for source in sources], tags=["ingestion"])


def _ingest(source: Source) -> Node:
    table = source.table
    return Node(
        update_wrapper(partial(ingest_records, source=source), ingest_records),
        inputs={
            "ingestion": "params:ingestion",
            "cleaning": "params:cleaning",
            "records": f"source_{table}",
            "log": f"previous_bronze_{table}",
            "known": f"previous_known_keys_{table}",
            "silver": f"previous_silver_{table}",
            "quarantine": "previous_silver_quarantine",
            "tables": "lakehouse_tables",
            "scratch": "ingestion_scratch",
            "run_id": "run_id",
            "run_time": "run_time",
        },
        # in this order: how far the source was read counts only once its records are in bronze
        outputs={
            "known": f"known_keys_{table}",
            "bronze": f"bronze_{table}",
            "watermark": f"watermark_{table}",
            "typed": f"typed_{table}",
        },
        name=f"ingest_{table}",
        tags=["bronze"],
    )
