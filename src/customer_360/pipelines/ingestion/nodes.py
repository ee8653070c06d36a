"""Nodes of the pipeline ``ingestion``."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import (
    BRONZE_COLUMNS,
    KnownTable,
    Pull,
    check_pull,
    pull_changes,
    without_deleted,
)
from customer_360.engine import DerivedTables, Scratch, TableUpdate
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.quality import check_shape
from customer_360.sources import Source, TypedChanges, typed_records

_EXAMPLES = 200


def ingest_records(
    ingestion: IngestionParameters,
    cleaning: CleaningParameters,
    *,
    records: DataFrame,
    log: DataFrame,
    known: DataFrame,
    silver: DataFrame,
    quarantine: DataFrame,
    tables: DerivedTables,
    scratch: Scratch,
    run_id: str,
    run_time: datetime,
    source: Source,
) -> dict[str, object]:
    """Turn a complete pull into the rows that the change log lacks, after a look at what they would do to silver.

    Args:
        ingestion: parameters of the pipeline.
        cleaning: how the source is cleaned, and how much of it may change its shape.
        records: ``payload, origin``, every record of the source.
        log: the bronze table as it is before this run.
        known: what the log last said of every key, as far as it was known when it was written.
        silver: the source's silver table before this run; empty if there is none.
        quarantine: ``silver_quarantine`` before this run.
        tables: what tells whether ``known`` is up to date.
        scratch: where intermediate tables may be written.
        run_id: id of this run.
        run_time: its start, UTC.
        source: whose records these are.

    Returns:
        ``bronze``: the rows to be added; ``known``: the known keys before this run; ``typed``: :class:`TypedChanges`.

    Raises:
        SourceShrankError: the pull lost more records than ``max_deleted_share`` allows.
        RepeatedKeyError: a source with ``unique_keys`` repeated a key.
        SourceShapeError: fields or values that the source is known by are not there.
    """
    settings = ingestion.source(source.table)
    key_field = settings.key_field
    before = KnownTable(known, log, tables, source.table, key_field, scratch.keep)
    there = without_deleted(records, deleted_field=settings.deleted_field)
    pull = Pull(source=there, known=before.now, log=log, key_field=key_field, keep=scratch.keep)
    changes = pull_changes(pull, run_id=run_id, run_time=run_time)
    if changes is None:
        # a source that has no records yet has an empty table
        bronze = log.limit(0) if before.version is None else TableUpdate(None)
        return {"bronze": bronze, "known": before.update(), "typed": TypedChanges(None, before.version)}
    rows = changes.select(*BRONZE_COLUMNS)
    typed = typed_records(rows, cleaning.settings, source=source, key_field=key_field)
    typed = scratch.keep(typed, "typed")
    check_shape(
        typed,
        silver,
        quarantine,
        source=source.name,
        rules=cleaning.rules(source.name),
        limits=cleaning.shape_of(source.name),
        examples=lambda: (_payloads(log), _payloads(rows)),
    )
    check_pull(
        changes,
        before.now,
        table=source.table,
        unique_keys=settings.unique_keys,
        max_deleted_share=ingestion.max_deleted_share,
    )
    return {"bronze": rows, "known": before.update(), "typed": TypedChanges(typed, before.version)}


def _payloads(rows: DataFrame) -> list[str]:
    """Some payloads, to say what a record looks like."""
    some = rows.where(F.col("payload").isNotNull()).select("payload").limit(_EXAMPLES)
    return [row["payload"] for row in some.collect()]
