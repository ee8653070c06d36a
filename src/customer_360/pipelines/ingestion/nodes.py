"""Nodes of the pipeline ``ingestion``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import (
    BRONZE_COLUMNS,
    ComparedPull,
    KnownTable,
    check_pull,
    pull_changes,
)
from customer_360.engine import DerivedTables, Pull, Scratch, TableUpdate
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.quality import check_shape
from customer_360.sources import Source, TypedChanges, typed_records

_EXAMPLES = 200


def ingest_records(
    ingestion: IngestionParameters,
    cleaning: CleaningParameters,
    *,
    log: DataFrame,
    known: DataFrame,
    tables: DerivedTables,
    scratch: Scratch,
    source: Source,
    **given: Any,
) -> dict[str, object]:
    """:func:`changed_records` of a source.

    Args:
        ingestion: parameters of the pipeline.
        cleaning: those of the next one.
        log: the bronze table as it is before this run.
        known: what it said of every key, as far as the table of known keys has it.
        tables: what tells how far that is.
        scratch: where intermediate tables may be written.
        source: whose records these are.
        given: the other arguments of :func:`changed_records`.
    """
    key_field = ingestion.source(source.table).key_field
    before = KnownTable(known, log, tables, source.table, key_field, scratch.keep)
    return changed_records(ingestion, cleaning, known=before, source=source, **given)


def changed_records(
    ingestion: IngestionParameters,
    cleaning: CleaningParameters,
    *,
    records: Pull | DataFrame,
    known: KnownTable,
    silver: DataFrame,
    quarantine: DataFrame,
    run_id: str,
    run_time: datetime,
    source: Source,
) -> dict[str, object]:
    """Turn a pull into the rows that the change log lacks, after a look at what they would do to silver.

    ``known, silver, quarantine``: what is known before this run.

    Raises:
        SourceShrankError, RepeatedKeyError, SourceShapeError: the pull cannot be what it says that it is.
    """
    settings, pull = ingestion.source(source.table), Pull.of(records)
    changes = pull_changes(_compared(pull, known, settings.deleted_field), run_id=run_id, run_time=run_time)
    done = {"known": known.update(), "watermark": dict(pull.watermark or {})}
    if changes is None:
        # a source that has no records yet has an empty table
        bronze = known.log.limit(0) if known.version is None else TableUpdate(None)
        return {"bronze": bronze, "typed": TypedChanges(None, known.version), **done}
    rows = changes.select(*BRONZE_COLUMNS)
    typed = typed_records(rows, cleaning.settings, source=source, key_field=known.key_field)
    typed = known.keep(typed, "typed")
    _check_shape(typed, rows, silver, quarantine, known, cleaning=cleaning, source=source)
    share = ingestion.max_deleted_share if pull.is_complete else 1.0
    _check_pull(changes, known, unique_keys=settings.unique_keys, max_deleted_share=share)
    return {"bronze": rows, "typed": TypedChanges(typed, known.version), **done}


def _check_pull(
    changes: DataFrame, known: KnownTable, *, unique_keys: bool, max_deleted_share: float
) -> None:
    check_pull(
        changes, known.now, table=known.name, unique_keys=unique_keys, max_deleted_share=max_deleted_share
    )


def _compared(pull: Pull, known: KnownTable, deleted_field: str | None) -> ComparedPull:
    key_field, keep = known.key_field, known.keep
    return ComparedPull(pull.records, known.now, known.log, key_field, keep, deleted_field, pull.is_complete)


def _check_shape(
    typed: DataFrame,
    rows: DataFrame,
    silver: DataFrame,
    quarantine: DataFrame,
    known: KnownTable,
    *,
    cleaning: CleaningParameters,
    source: Source,
) -> None:
    check_shape(
        typed,
        silver,
        quarantine,
        source=source.name,
        rules=cleaning.rules(source.name),
        limits=cleaning.shape_of(source.name),
        examples=lambda: (_payloads(known.log), _payloads(rows)),
    )


def _payloads(rows: DataFrame) -> list[str]:
    """Some payloads, to say what a record looks like."""
    some = rows.where(F.col("payload").isNotNull()).select("payload").limit(_EXAMPLES)
    return [row["payload"] for row in some.collect()]
