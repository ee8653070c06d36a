"""What the log last said of every key, without the records themselves: small, and read in place of the log."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze.change_log import latest_rows
from customer_360.bronze.keys import given_key
from customer_360.schemas import KNOWN_KEYS

UNREADABLE_PAYLOAD = '{"_malformed":'
KNOWN_KEYS_SCHEMA = KNOWN_KEYS.ddl


def known_keys(log: DataFrame, *, key_field: str) -> DataFrame:
    """The last word of the log on every key.

    Args:
        log: rows of a bronze table, all or some of them.
        key_field: name of the record's top-level field that holds its key.

    Returns:
        ``source_key``, unique; ``given_key`` (:func:`.keys.given_key`), ``payload_hash`` (null: gone), ``origin``,
        ``ingested_at``, ``is_gone``, and ``is_readable``: it is no row that could not be read.
    """
    payload = F.col("payload")
    rows = log.select(
        "source_key",
        given_key(payload, key_field).alias("given_key"),
        "payload_hash",
        "origin",
        "run_id",
        "ingested_at",
        (F.col("operation") == "delete").alias("is_gone"),
        (~F.coalesce(payload.startswith(UNREADABLE_PAYLOAD), F.lit(False))).alias("is_readable"),
    )
    return latest_rows(rows).drop("run_id")


def with_later(known: DataFrame, later: DataFrame) -> DataFrame:
    """Known keys with what rows that were added to the log since say of them.

    Args:
        known: as :func:`known_keys` returns it.
        later: the same of the rows that were added.
    """
    kept = known.join(later.select("source_key"), "source_key", "left_anti")
    return kept.unionByName(later)
