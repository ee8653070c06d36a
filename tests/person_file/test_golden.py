from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from customer_360.person_file.golden import golden_records

ATTRIBUTES = ("given_name", "family_name", "email", "street", "city")
PLACEHOLDERS = {"any": ("n/a",), "email": ("none@none.com",)}


def golden(spark: SparkSession, *people: list[tuple[str | None, ...]]) -> list[dict[str, Any]]:
    """Golden records of people, each a list of records, in their order."""
    rows, clusters = [], []
    for person, records in enumerate(people):
        for number, values in enumerate(records):
            rows.append(("crm", f"{person}-{number}", *values))
            clusters.append(("crm", f"{person}-{number}", f"cluster {person}"))
    columns = ", ".join(f"{name} STRING" for name in ("source", "key", *ATTRIBUTES))
    found = golden_records(
        spark.createDataFrame(rows, columns),
        spark.createDataFrame(clusters, "source STRING, key STRING, cluster_id STRING"),
        ATTRIBUTES,
        PLACEHOLDERS,
    )
    return [row.asDict() for row in found.orderBy("cluster_id").collect()]


CASES: list[tuple[str, list[tuple[str | None, ...]], tuple[str | None, ...]]] = [
    ("one record", [("Ann", "Lee", " a@x.io ", "", None)], ("Ann", "Lee", "a@x.io", None, None)),
    (
        "the most frequent value, whatever its case, and of equals the longest",
        [
            (None, "Lee", "a@x.io", None, None),
            (None, "LEE", "A@x.io", None, None),
            (None, "Lea-Anders", "long.address@x.io", None, None),
        ],
        (None, "Lee", "a@x.io", None, None),
    ),
    (
        "names of one record: the more complete one",
        [("A.", "Lee", None, None, None), (None, "Lee", None, None, None), ("Ann", "Lee", None, None, None)],
        ("Ann", "Lee", None, None, None),
    ),
    (
        "addresses are not mixed",
        [
            (None, None, None, "1 Old Rd", "Rome"),
            (None, None, None, "1 Old Rd", "Rome"),
            (None, None, None, "22 Very New Street", "Alexandria"),
        ],
        (None, None, None, "1 Old Rd", "Rome"),
    ),
    (
        "placeholders are never chosen",
        [
            ("N/A", "n/a", "none@none.com", "-", "N/A"),
            ("N/A", "n/a", "none@none.com", "-", "N/A"),
            ("Bo", "Ek", "bo@x.io", None, None),
        ],
        ("Bo", "Ek", "bo@x.io", None, None),
    ),
    (
        "of equals the first record",
        [("Ann", None, "one@x.io", None, None), ("Eva", None, "two@x.io", None, None)],
        ("Ann", None, "one@x.io", None, None),
    ),
    ("nothing", [(None, "", " ", None, None)], (None, None, None, None, None)),
]


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> list[dict[str, Any]]:
    return golden(spark, *[records for _, records, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)), ids=[name for name, *_ in CASES])
def test_the_best_of_what_the_records_say(number: int, found: list[dict[str, Any]]) -> None:
    _, records, expected = CASES[number]
    assert found[number] == {
        "cluster_id": f"cluster {number}",
        "record_count": len(records),
        **dict(zip(ATTRIBUTES, expected, strict=True)),
    }
