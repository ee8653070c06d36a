"""Nodes of the pipeline ``ingestion``."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame

from customer_360.change_log import check_pull, detect_changes, keyed_records, without_deleted
from customer_360.parameters.ingestion import IngestionParameters


def append_changes(
    source: DataFrame,
    log: DataFrame,
    ingestion: IngestionParameters,
    run_id: str,
    run_time: datetime,
    *,
    table: str,
) -> DataFrame:
    """Turn a complete pull into the rows that the bronze change log lacks.

    Args:
        source: ``payload, origin``, every record of the source.
        log: the bronze table as it is before this run.
        ingestion: parameters of the pipeline.
        run_id: id of this run.
        run_time: its start, UTC.
        table: bronze table that is fed, for messages and settings.

    Raises:
        SourceShrankError: the pull lost more records than ``max_deleted_share`` allows.
        RepeatedKeyError: a source with ``unique_keys`` repeated a key.
    """
    settings = ingestion.source(table)
    there = without_deleted(source, deleted_field=settings.deleted_field)
    records = keyed_records(there, key_field=settings.key_field, log=None if settings.unique_keys else log)
    check_pull(
        records,
        log,
        table=table,
        unique_keys=settings.unique_keys,
        max_deleted_share=ingestion.max_deleted_share,
    )
    return detect_changes(records, log, run_id=run_id, run_time=run_time)
