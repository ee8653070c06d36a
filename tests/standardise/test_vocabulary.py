from __future__ import annotations

from pyspark.sql import SparkSession
from sources.bronze_frames import SETTINGS, cases

from customer_360.standardise import term


def test_term(spark: SparkSession) -> None:
    status = SETTINGS.vocabulary("ticket_status")
    cases(spark, lambda text: term(text, values=status.values, synonyms=status.synonyms), {
        "open": "open", " OPEN ": "open", "Closed": "closed", "resolved": "closed", "In_Progress": "pending",
        "in-progress": "pending", "in  progress": "pending", "escalated": "unknown", "": "unknown",
        None: "unknown", "unknown": "unknown", "3": "unknown",
    })  # fmt: skip
