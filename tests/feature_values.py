"""Features of records that say only what a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from enrichment_frames import identity
from pyspark.sql import SparkSession

from customer_360.identity.prepare.feature_columns import features

Case = tuple[Mapping[str, str | None], Mapping[str, Any]]


def features_of(spark: SparkSession, records: Sequence[Mapping[str, str | None]]) -> list[dict[str, Any]]:
    """Features of each record, in one query."""
    columns = ["source", "key", *identity().attributes]
    rows = [
        tuple({"source": "s", "key": str(number), **record}.get(column) for column in columns)
        for number, record in enumerate(records)
    ]
    frame = spark.createDataFrame(rows, ", ".join(f"{name} STRING" for name in columns))
    found = {int(row["key"]): row.asDict() for row in features(frame, identity()).collect()}
    return [found[number] for number in range(len(records))]


def check(spark: SparkSession, cases: Sequence[Case]) -> None:
    """Every case's record has the features that the case expects; all that differ are named."""
    found = features_of(spark, [record for record, _ in cases])
    wrong = [
        (record, {name: row[name] for name in expected}, expected)
        for (record, expected), row in zip(cases, found, strict=True)
        if {name: row[name] for name in expected} != expected
    ]
    assert not wrong, "\n".join(f"{record}: {got}, not {expected}" for record, got, expected in wrong)
