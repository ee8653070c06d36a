"""ERP customers: formal name, address and tax id."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.parameters import CleaningSettings
from customer_360.standardise import coordinate_pair, person_name, postal_code, split_name

from .base import CARRIED, Source, parse_payload, raw_struct

_FIELDS = ("cust_number", "full_name", "street", "city", "postal_code", "lat_lng", "tax_id")


def clean_erp_customers(records: DataFrame, settings: CleaningSettings) -> DataFrame:
    """Type the current records of ``bronze_erp_customers``.

    Args:
        records: current bronze records (``source_key, payload, run_id, ingested_at``).
        settings: shared settings of cleaning.

    Returns:
        One row per record: ``source_key``, the columns of ``silver_erp_customers``, ``raw``, ``payload``,
        ``ingested_at``, ``run_id``. Latitude and longitude in degrees.
    """
    row = F.col("parsed")
    marks = ("malformed", "unreadable")
    texts = {mark: row[mark] for mark in marks} | {field: row[field] for field in _FIELDS}
    typed = parse_payload(records, _FIELDS).select("source_key", raw_struct(texts, settings), *CARRIED)
    typed = typed.select(
        "*",
        person_name(F.col("raw.full_name"), settings.placeholders.of("name")).alias("whole_name"),
        coordinate_pair(F.col("raw.lat_lng")).alias("position"),
    ).select("*", split_name(F.col("whole_name")).alias("name"))
    return typed.select(
        "source_key",
        F.col("raw.cust_number").alias("customer_number"),
        F.col("name.full_name").alias("full_name"),
        F.col("name.given_name").alias("given_name"),
        F.col("name.family_name").alias("family_name"),
        F.col("raw.street").alias("street"),
        F.col("raw.city").alias("city"),
        postal_code(F.col("raw.postal_code")).alias("postal_code"),
        F.col("position.latitude").alias("latitude"),
        F.col("position.longitude").alias("longitude"),
        F.upper(F.col("raw.tax_id")).alias("tax_id"),
        "raw",
        *CARRIED,
    )


ERP = Source(name="erp", table="erp_customers", clean=clean_erp_customers)
