from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.profile.history import KEYS, PROFILE_HISTORY_SCHEMA, changed_versions

PROFILE = "customer_id STRING, city STRING, score DOUBLE"
Profile = dict[str, tuple[Any, ...]]


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


class History:
    """The table as the pipeline keeps it."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark = spark
        path = str(folder / "history")
        self.before = DeltaTableDataset(filepath=path, schema=PROFILE_HISTORY_SCHEMA, empty_if_absent=True)
        self.table = DeltaTableDataset(filepath=path, mode="upsert", keys=list(KEYS))

    def changes(self, profile: Profile, when: datetime, schema: str = PROFILE) -> DataFrame:
        rows = [(customer, *values) for customer, values in profile.items()]
        return changed_versions(self.spark.createDataFrame(rows, schema), self.before.load(), run_time=when)

    def run(self, profile: Profile, when: datetime, schema: str = PROFILE) -> None:
        self.table.save(self.changes(profile, when, schema))

    def on(self, moment: datetime) -> Profile:
        """The one filter of the documentation."""
        when = f"TIMESTAMP'{moment:%Y-%m-%d %H:%M:%S}'"
        found = self.table.load().where(f"valid_from <= {when} AND (valid_to > {when} OR is_current)")
        rows = [row.asDict() for row in found.collect()]
        assert len({row["customer_id"] for row in rows}) == len(rows)
        return {row["customer_id"]: (row["city"], row["score"]) for row in rows}


@pytest.fixture
def history(spark: SparkSession, tmp_path: Path) -> History:
    return History(spark, tmp_path)


def test_versions_are_added_only_where_something_changed(history: History) -> None:
    history.run({"A": ("Ulm", 1.0), "B": (None, None)}, day(1))
    history.run({"A": ("Ulm", 1.0), "B": (None, None)}, day(2))
    history.run({"A": ("Bonn", 1.0), "C": ("Jena", 2.0)}, day(3))
    rows = (
        history.table.load().select("customer_id", "city", "valid_from", "valid_to", "is_current").collect()
    )
    assert sorted((row[0], row[1] or "", row[2].day, row[3] and row[3].day, row[4]) for row in rows) == [
        ("A", "Bonn", 3, None, True),
        ("A", "Ulm", 1, 3, False),
        ("B", "", 1, 3, False),
        ("C", "Jena", 3, None, True),
    ]
    assert history.on(day(2)) == {"A": ("Ulm", 1.0), "B": (None, None)}
    assert history.on(day(4)) == {"A": ("Bonn", 1.0), "C": ("Jena", 2.0)}


@settings(
    max_examples=5, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    profiles=st.lists(
        st.dictionaries(
            st.sampled_from("ABCDEF"),
            st.tuples(st.sampled_from([None, "Ulm", "Bonn"]), st.sampled_from([None, 1.0])),
        ),
        min_size=4,
        max_size=4,
    )
)
def test_every_state_can_be_seen_again(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, profiles: list[Profile]
) -> None:
    history = History(spark, tmp_path_factory.mktemp("history"))
    for number, profile in enumerate(profiles, start=1):
        history.run(profile, day(number))
        assert history.changes(profile, day(number)).collect() == [], "a repeated run finds nothing to write"
    for number, profile in enumerate(profiles, start=1):
        assert history.on(day(number)) == profile


def test_columns_that_come_and_go_with_the_configuration(history: History) -> None:
    history.run({"A": ("Ulm", 1.0), "B": ("Ulm", 1.0)}, day(1))
    fewer = "customer_id STRING, city STRING"
    assert history.changes({"A": ("Ulm",), "B": ("Ulm",)}, day(2), fewer).collect() == []
    more = "customer_id STRING, city STRING, score DOUBLE, tier STRING"
    history.run({"A": ("Ulm", 1.0, "gold"), "B": ("Ulm", 1.0, None)}, day(3), more)
    rows = history.table.load().select("customer_id", "tier", "is_current").collect()
    assert sorted(map(tuple, rows), key=repr) == [
        ("A", "gold", True), ("A", None, False), ("B", None, True),
    ]  # fmt: skip


CITY, SCORE, TIER = "city STRING", "score DOUBLE", "tier STRING"
CUSTOMER = "customer_id STRING"


@pytest.mark.parametrize(
    ("away", "back"),
    [
        pytest.param((CITY, (("Ulm",), ("Bonn",))), [("Ulm", 1.0), ("Bonn", 2.0)], id="attribute removed"),
        pytest.param((CITY, (("Jena",), ("Bonn",))), [("Jena", 1.0), ("Bonn", 2.0)], id="removed, others change"),
        pytest.param(
            (f"{CITY}, {SCORE}, {TIER}", (("Ulm", 1.0, "gold"), ("Bonn", 2.0, None))),
            [("Ulm", 1.0), ("Bonn", 2.0)],
            id="attribute added",
        ),
        pytest.param((f"{SCORE}, {CITY}", ((1.0, "Ulm"), (2.0, "Bonn"))), [("Ulm", 1.0), ("Bonn", 2.0)], id="order"),
        pytest.param((f"{CITY}, score STRING", (("Ulm", "high"), ("Bonn", None))), [("Ulm", 1.0), ("Bonn", 2.0)],
                     id="another type"),
        pytest.param((f"{CITY}, score INT", (("Ulm", 1), ("Bonn", 2))), [("Ulm", 1.0), ("Bonn", 2.0)], id="narrower"),
        pytest.param((f"{CITY}, Score DOUBLE", (("Ulm", 1.0), ("Bonn", 3.0))), [("Ulm", 1.0), ("Bonn", 2.0)],
                     id="another case"),
        pytest.param((TIER, (("gold",), (None,))), [("Ulm", 1.0), ("Bonn", 2.0)], id="all others"),
    ],
)  # fmt: skip
def test_there_and_back(history: History, away: tuple[str, Any], back: list[tuple[Any, ...]]) -> None:
    columns, values = away
    there = f"{CUSTOMER}, {columns}"
    history.run({"A": ("Ulm", 1.0), "B": ("Bonn", 2.0)}, day(1))
    history.run(dict(zip("AB", values, strict=True)), day(2), there)
    assert history.changes(dict(zip("AB", values, strict=True)), day(3), there).collect() == []
    history.run(dict(zip("AB", back, strict=True)), day(4))
    assert history.changes(dict(zip("AB", back, strict=True)), day(5)).collect() == [], "not again and again"

    def known(moment: datetime) -> dict[str, tuple[Any, ...]]:
        return {name: (city, float(score)) for name, (city, score) in history.on(moment).items()}

    assert known(day(5)) == dict(zip("AB", back, strict=True))
    assert known(day(1)) == {"A": ("Ulm", 1.0), "B": ("Bonn", 2.0)}
    assert not [kind for _, kind in history.table.load().dtypes if kind in ("void", "null")]


def test_a_clock_that_went_back(history: History) -> None:
    history.run({"A": ("Ulm", 1.0)}, day(5))
    history.run({"A": ("Bonn", 1.0)}, day(4))
    rows = history.table.load().collect()
    assert len(rows) == 2
    assert all(row.valid_to is None or row.valid_to > row.valid_from for row in rows)
