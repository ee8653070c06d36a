"""Records with the customer that they are linked to."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def linked_records(records: DataFrame, crosswalk: DataFrame, *, source: str) -> DataFrame:
    """``customer_id`` and all columns of the records of ``source`` that are linked to a customer."""
    links = crosswalk.where(F.col("source") == source).select("source_key", "customer_id")
    return records.join(links, "source_key")
