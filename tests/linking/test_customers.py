from __future__ import annotations

import hashlib
import re

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.linking.customers import customer_id


def test_ids_follow_from_source_and_key_and_show_neither(spark: SparkSession) -> None:
    records = [("crm", "1"), ("crm", "2"), ("erp", "1"), ("er", "p1")]
    frame = spark.createDataFrame(records, "source STRING, source_key STRING")
    ids = [row[0] for row in frame.select(customer_id(F.col("source"), F.col("source_key"))).collect()]
    assert len(set(ids)) == len(records)
    assert all(re.fullmatch("C[0-9A-F]{20}", found) for found in ids)
    assert "C" + hashlib.sha256(b"crm\x1f1").hexdigest()[:20].upper() in ids
