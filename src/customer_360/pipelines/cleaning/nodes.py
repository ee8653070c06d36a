"""Nodes of the pipeline ``cleaning``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import KnownTable, current_records, latest_rows
from customer_360.engine import DerivedTables, Scratch, TableUpdate
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.pipelines.updates import update_of_small
from customer_360.quality import SourceTables, check_rules, reconcile_bronze_and_silver
from customer_360.sources import Source, TypedChanges, typed_records

from .plans import Cleaning, Quarantined, plan_of_report, quarantine_update

BRONZE, SILVER, KNOWN = (
    "bronze_",
    "silver_",
    "known_",
)  # before the names of sources, among the inputs of a node


def clean_records(
    bronze: DataFrame,
    cleaning: CleaningParameters,
    ingestion: IngestionParameters,
    *,
    typed: TypedChanges | None,
    tables: DerivedTables,
    scratch: Scratch,
    source: Source,
    sources: Sequence[Source],
) -> dict[str, TableUpdate | Quarantined]:
    """Turn what has changed of a source's bronze records into silver rows and quarantined rows.

    Args:
        bronze: the source's change log; ``typed``: what this run has added to it, where it came by there.
        cleaning, ingestion: parameters of the pipelines.
        tables: what has changed since silver was computed.
        source: whose records these are; ``sources`` share the quarantine.

    Raises:
        RuleError: a rule's check is no condition over the columns that it may use.
    """
    work = Cleaning.of(tables, cleaning, ingestion, source, sources)
    if work.is_current:
        return {"silver": work.silver.nothing(), "quarantined": Quarantined(work.quarantine)}
    later = None if work.since is None else tables.appended(bronze.sparkSession, work.bronze, work.since)
    if typed is not None and typed.rows is not None and typed.after == work.since:
        ready = typed.rows
    else:
        records = current_records(bronze) if later is None else latest_rows(later).drop("operation")
        key_field = ingestion.source(source.table).key_field
        ready = scratch.keep(
            typed_records(records, cleaning.settings, source=source, key_field=key_field), "typed"
        )
    there = ready.where(F.col("payload").isNotNull())
    valid, bad = check_rules(there, cleaning.rules(source.name), source=source.name)
    touched = None if later is None else ready.select("source_key")
    silver = work.silver.all(valid) if touched is None else work.silver.changes(valid, touched)
    return {"silver": silver, "quarantined": Quarantined(work.quarantine, bad, touched)}


def collect_quarantine(present: DataFrame, *quarantined: Quarantined, names: tuple[str, ...]) -> TableUpdate:
    """Bring the quarantine of all sources up to date.

    Args:
        present: ``silver_quarantine`` as it is.
        quarantined: what differs, of each source in the order of ``names``.
        names: short names of the sources.
    """
    return quarantine_update(present, dict(zip(names, quarantined, strict=True)))


def reconcile_silver(
    ingestion: IngestionParameters,
    cleaning: CleaningParameters,
    *,
    quarantine: DataFrame,
    before: DataFrame,
    tables: DerivedTables,
    scratch: Scratch,
    sources: Sequence[Source],
    **layers: DataFrame,
) -> TableUpdate:
    """Check that no record was lost between the written tables, and report rows and fired rules.

    Args:
        ingestion: which field of a record holds its key.
        cleaning: the rules, which the report is about.
        quarantine: ``silver_quarantine``.
        before: the last report.
        tables: what has changed since then.
        scratch: where intermediate tables may be written.
        sources: all sources.
        layers: bronze, silver and known keys of each source.

    Raises:
        ReconciliationError: a source does not balance.
    """
    plan = plan_of_report(tables, cleaning, sources)
    if plan.is_current:
        return plan.nothing()
    pairs = {
        one.name: SourceTables(
            current=_current_keys(layers, tables, scratch, one, ingestion.source(one.table).key_field),
            silver=layers[f"{SILVER}{one.name}"],
        )
        for one in sources
    }
    return update_of_small(plan, reconcile_bronze_and_silver(pairs, quarantine), before)


def _current_keys(
    layers: Mapping[str, DataFrame], tables: DerivedTables, scratch: Scratch, source: Source, key_field: str
) -> DataFrame:
    known, log = layers[f"{KNOWN}{source.name}"], layers[f"{BRONZE}{source.name}"]
    now = KnownTable(known, log, tables, source.table, key_field, scratch.keep).now
    return now.where(~F.col("is_gone")).select("source_key")
