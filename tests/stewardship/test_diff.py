from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from registry.worlds import parted

from customer_360.stewardship.diff import KINDS, clusters_diff, diff_examples, diff_members, diff_summary


def diff(spark: SparkSession, old: list[list[str]], new: list[list[str]]) -> DataFrame:
    """Customers are named by their first record."""
    before = [(group[0], name[0], name[1:]) for group in old for name in group]
    after = [(*record, label) for record, label in parted(*new).items()]
    return clusters_diff(
        spark.createDataFrame(before, "customer_id STRING, source STRING, source_key STRING"),
        spark.createDataFrame(after, "source STRING, source_key STRING, cluster_id STRING"),
    )


def test_what_would_become_of_each_customer(spark: SparkSession) -> None:
    old = [
        ["a1", "b1"],
        ["a2"],
        ["a3"],
        ["b3", "c3"],
        ["a4", "b4"],
        ["a5"],
        ["b5", "c5"],
        ["a6"],
        ["a7", "b7"],
    ]
    new = [
        ["a1", "b1"], ["a2", "z2"], ["a3", "b3", "c3"], ["a4"], ["b4"], ["a5", "b5"], ["c5"], ["a7"], ["z8", "z9"],
    ]  # fmt: skip
    found = {
        row.customer_id: (row.kind, row.records, row.parts, row.with_customers)
        for row in diff(spark, old, new).collect()
    }
    assert found == {
        "a1": ("unchanged", 2, 1, []),
        "a2": ("grown", 1, 1, []),
        "a3": ("merged", 1, 1, ["b3"]),
        "b3": ("merged", 2, 1, ["a3"]),
        "a4": ("split", 2, 2, []),
        "a5": ("merged", 1, 1, ["b5"]),
        "b5": ("regrouped", 2, 2, ["a5"]),
        "a6": ("gone", 1, 0, []),
        "a7": ("shrunk", 2, 1, []),
        None: ("new", 2, 1, []),
    }
    assert {kind for kind, *_ in found.values()} == set(KINDS)


def test_summary_and_examples(spark: SparkSession) -> None:
    found = diff(spark, [["a1"], ["a2", "b2"], ["a3"], ["a4"]], [["a1"], ["a2", "b2", "a3", "a4"]])
    assert {row.kind: (row.customers, row.records) for row in diff_summary(found).collect()} == {
        "unchanged": (1, 1), "merged": (3, 4),
    }  # fmt: skip
    shown = diff_examples(found, each=2).collect()
    assert sorted(row.customer_id for row in shown) == ["a2", "a3"]


def test_nothing_known_and_nothing_found(spark: SparkSession) -> None:
    assert [row.kind for row in diff(spark, [], [["a1", "b1"]]).collect()] == ["new"]
    assert [row.kind for row in diff(spark, [["a1"]], []).collect()] == ["gone"]


def test_members_of_examples(spark: SparkSession) -> None:
    """Records of the customer, and those that join it, at most so many of each customer in each cluster."""
    columns = "customer_id STRING, source STRING, source_key STRING"
    old = [("A", "crm", "1"), ("A", "crm", "2"), ("A", "crm", "10"), ("B", "crm", "3"), ("C", "crm", "4")]
    new = [("k", "crm", "1"), ("k", "crm", "2"), ("k", "crm", "10"), ("k", "crm", "3"), ("m", "crm", "4")]
    new += [("n", "crm", "5")]
    before = spark.createDataFrame(old, columns)
    after = spark.createDataFrame(new, "cluster_id STRING, source STRING, source_key STRING")
    shown = diff_examples(clusters_diff(before, after))
    assert {(row.kind, row.customer_id, row.cluster_id) for row in shown.collect()} == {
        ("merged", "A", None), ("merged", "B", None), ("new", None, "n"),
    }  # fmt: skip
    found = diff_members(shown, before, after, each=2).collect()
    assert {(row.customer_id, row.cluster_id, row.source_key, row.records) for row in found} == {
        ("A", "k", "1", 3), ("A", "k", "2", 3), ("B", "k", "3", 1), (None, "n", "5", 1),
    }  # fmt: skip
