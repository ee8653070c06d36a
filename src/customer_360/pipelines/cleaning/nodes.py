"""Nodes of the pipeline ``cleaning``."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame

from customer_360.bronze import current_records
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.quality import SourceTables, check_rules, reconcile_bronze_and_silver
from customer_360.sources import Source, typed_records


def clean_records(
    bronze: DataFrame, cleaning: CleaningParameters, ingestion: IngestionParameters, *, source: Source
) -> tuple[DataFrame, DataFrame]:
    """Turn a source's current bronze records into silver rows and quarantined rows.

    Args:
        bronze: the source's change log.
        cleaning: parameters of the pipeline.
        ingestion: which field of a record holds its key.
        source: whose records these are.

    Returns:
        Silver rows (with ``key_kind``: ``given``, ``made_up`` or ``repeated``) and quarantined rows.

    Raises:
        RuleError: a rule's check is no condition over the columns that it may use.
    """
    key_field = ingestion.source(source.table).key_field
    typed = typed_records(current_records(bronze), cleaning.settings, source=source, key_field=key_field)
    return check_rules(typed, cleaning.rules(source.name), source=source.name)


def collect_quarantine(*quarantined: DataFrame) -> DataFrame:
    """All sources' quarantined rows in one frame."""
    return reduce(DataFrame.unionByName, quarantined)


def reconcile_silver(quarantine: DataFrame, *tables: DataFrame, names: tuple[str, ...]) -> DataFrame:
    """Check that no record was lost between the written tables, and report rows and fired rules.

    Args:
        quarantine: ``silver_quarantine``.
        tables: bronze and silver of each source, in the order of ``names``.
        names: short names of the sources.

    Raises:
        ConservationError: a source does not balance.
    """
    pairs = {
        name: SourceTables(current=current_records(bronze), silver=silver)
        for name, bronze, silver in zip(names, tables[::2], tables[1::2], strict=True)
    }
    return reconcile_bronze_and_silver(pairs, quarantine)
