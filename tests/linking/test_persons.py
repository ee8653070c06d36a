from __future__ import annotations

from enrichment_frames import linking, silver
from pyspark.sql import SparkSession

from customer_360.linking.persons import all_representatives, person_records

ADDRESSES = ["ann@x.io", "ann+news@x.io", "bob@x.io", "ann+2024@x.io", None, "ann@y.io"]


def test_tickets_from_one_mailbox_are_one_question(spark: SparkSession) -> None:
    tickets = [{"source_key": str(n), "email": address} for n, address in enumerate(ADDRESSES)]
    sources = silver(spark, support=tickets)
    asked = {row["key"]: row["email"] for row in person_records(sources, linking()).collect()}
    assert asked == {"0": "ann@x.io", "2": "bob@x.io", "5": "ann@y.io"}
    answers = {
        row["source_key"]: row["person_key"] for row in all_representatives(sources, linking()).collect()
    }
    assert answers == {"0": "0", "1": "0", "2": "2", "3": "0", "4": None, "5": "5"}
