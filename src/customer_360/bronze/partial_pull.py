"""A pull of what changed only: what is missing from it is as it was, not gone."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze.change_log import without_deleted
from customer_360.bronze.keys import given_key
from customer_360.bronze.pull_check import check_pull
from customer_360.parameters import SourceIngestion


def without_missing(changes: DataFrame, source: DataFrame, settings: SourceIngestion) -> DataFrame:
    """The changes, without deletions of records that the pull does not have: those that it says are deleted stay.

    Args:
        changes: as :func:`.change_log.detect_changes` makes them of the pull's records that are not deleted.
        source: the pull, ``payload STRING`` (one JSON record), ``origin STRING``.
        settings: which field holds a record's key, and by which one it says that it is deleted, if any does.
    """
    is_deletion = F.col("operation") == "delete"
    there = changes.where(~is_deletion)
    if settings.deleted_field is None:
        return there
    kept = without_deleted(source, deleted_field=settings.deleted_field).select("payload")
    gone = source.select("payload").join(kept, "payload", "left_anti")
    keys = gone.select(given_key(F.col("payload"), settings.key_field).alias("source_key")).distinct()
    return there.unionByName(
        changes.where(is_deletion).join(keys, "source_key", "left_semi").select(changes.columns)
    )


def check_partial_pull(records: DataFrame, log: DataFrame, *, table: str) -> None:
    """As :func:`.pull_check.check_pull`, where nothing can be missing.

    Args:
        records: the pull, as :func:`.change_log.keyed_records` returns it.
        log: the bronze table before this run.
        table: name of the table, for the message.

    Raises:
        RepeatedKeyError: a key stands on two different records.
    """
    check_pull(records, log.limit(0), table=table, unique_keys=True, max_deleted_share=1.0)
