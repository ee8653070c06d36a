"""Nodes of the pipeline ``ingestion``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import (
    check_partial_pull,
    check_pull,
    detect_changes,
    keyed_records,
    without_deleted,
    without_missing,
)
from customer_360.engine import Pull
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.quality import check_shape
from customer_360.sources import Source, typed_records

_EXAMPLES = 200


def append_changes(
    source: Pull | DataFrame,
    log: DataFrame,
    ingestion: IngestionParameters,
    run_id: str,
    run_time: datetime,
    *,
    table: str,
    check: Callable[[DataFrame], None] | None = None,
) -> DataFrame:
    """Turn a pull into the rows that the bronze change log lacks.

    Args:
        source: ``payload, origin``: every record of the source, or, of a partial pull, those that changed.
        log: the bronze table as it is before this run.
        ingestion: parameters of the pipeline.
        run_id: id of this run.
        run_time: its start, UTC.
        table: bronze table that is fed, for messages and settings.
        check: looks at the changes first, and raises where they must not be written.

    Raises:
        SourceShrankError: the pull lost more records than ``max_deleted_share`` allows.
        RepeatedKeyError: a source with ``unique_keys`` repeated a key.
    """
    settings, pull = ingestion.source(table), Pull.of(source)
    there = without_deleted(pull.records, deleted_field=settings.deleted_field)
    records = keyed_records(there, key_field=settings.key_field, log=None if settings.unique_keys else log)
    changes = detect_changes(records, log, run_id=run_id, run_time=run_time)
    if not pull.is_complete:
        changes = without_missing(changes, pull.records, settings)
    if check is not None:
        check(changes)
    if pull.is_complete:
        share = ingestion.max_deleted_share
        check_pull(records, log, table=table, unique_keys=settings.unique_keys, max_deleted_share=share)
    else:
        check_partial_pull(records, log, table=table)
    return changes


def ingest_records(
    ingestion: IngestionParameters,
    cleaning: CleaningParameters,
    *,
    records: Pull | DataFrame,
    log: DataFrame,
    silver: DataFrame,
    quarantine: DataFrame,
    run_id: str,
    run_time: datetime,
    source: Source,
) -> tuple[DataFrame, dict[str, Any]]:
    """:func:`append_changes`, after a look at what the pull would make of silver; and its watermark (empty: none).

    Args:
        ingestion: parameters of the pipeline.
        cleaning: how the source is cleaned, and how much of it may change its shape.
        records: as for :func:`append_changes`; so are ``log``, ``run_id`` and ``run_time``.
        silver: the source's silver table before this run, empty if there is none; so is ``quarantine``.
        source: whose records these are.

    Raises:
        SourceShapeError: fields or values that the source is known by are not there.
        SourceShrankError, RepeatedKeyError: as in :func:`append_changes`.
    """

    def check(changes: DataFrame) -> None:
        key_field = ingestion.source(source.table).key_field
        check_shape(
            typed_records(changes, cleaning.settings, source=source, key_field=key_field),
            silver,
            quarantine,
            source=source.name,
            rules=cleaning.rules(source.name),
            limits=cleaning.shape_of(source.name),
            examples=lambda: (_payloads(log), _payloads(changes)),
        )

    changes = append_changes(records, log, ingestion, run_id, run_time, table=source.table, check=check)
    return changes, dict(Pull.of(records).watermark or {})


def _payloads(rows: DataFrame) -> list[str]:
    """Some payloads, to say what a record looks like."""
    some = rows.where(F.col("payload").isNotNull()).select("payload").limit(_EXAMPLES)
    return [row["payload"] for row in some.collect()]
