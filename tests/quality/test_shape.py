"""A source that has changed shape: what is found, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession
from sources.bronze_frames import CLEANING, SETTINGS, bronze

from customer_360.parameters.cleaning import ShapeLimits
from customer_360.quality import SourceShapeError, check_rules, check_shape
from customer_360.sources import SOURCES, typed_records

KEYS = {"crm": "id", "support": "ticket_id"}
QUARANTINE = "source STRING, source_key STRING"
Record = dict[str, Any]


def user(number: int) -> Record:
    address = {
        "address": f"{number} Elm St",
        "city": "Ulm",
        "state": "Ohio",
        "postalCode": f"{10000 + number}",
    }
    return {
        "id": number, "firstName": "Ann", "lastName": f"Lee{'abcdefghij'[number % 10]}", "gender": "female",
        "email": f"ann{number}@example.org", "birthDate": f"1990-1-{number % 28 + 1}", "address": address,
        "company": {"name": "Acme", "title": "Smith"},
    }  # fmt: skip


def ticket(number: int) -> Record:
    return {
        "ticket_id": f"T{number}", "email": f"ann{number}@example.org", "category": "billing", "status": "open",
        "created_at": f"2025-06-{number % 28 + 1:02d}", "priority": "high",
    }  # fmt: skip


MAKE: dict[str, Callable[[int], Record]] = {"crm": user, "support": ticket}


_SILVER: dict[str, DataFrame] = {}  # by source and records: most tests know the same ones


class Day:
    """What is known of a source, and a look at the next pull."""

    def __init__(self, spark: SparkSession, source: str, known: list[Record]) -> None:
        self.spark, self.source, self.known = spark, source, known
        self.of = next(item for item in SOURCES if item.name == source)
        self.rules = CLEANING.rules(source)

    def typed(self, records: list[Record]) -> DataFrame:
        rows = [(str(record.get(KEYS[self.source])), record) for record in records]
        log = bronze(self.spark, rows).drop("operation", "origin", "payload_hash")
        return typed_records(log, SETTINGS, source=self.of, key_field=KEYS[self.source])

    def silver(self) -> DataFrame:
        """The table that the day before has written."""
        if not self.known:
            return self.spark.createDataFrame([], "source_key STRING")
        key = json.dumps([self.source, self.known])
        if key not in _SILVER:
            valid, _ = check_rules(self.typed(self.known), self.rules, source=self.source)
            rows = [tuple(row) for row in valid.collect()]
            _SILVER[key] = self.spark.createDataFrame(rows, valid.schema)
        return _SILVER[key]

    def findings(self, pull: list[Record], **limits: Any) -> str:
        """What stops, of the records that changed; the text says what was told."""
        changed = [record for record in pull if record not in self.known]
        if not changed:
            return ""
        given_limits = CLEANING.shape_of(self.source).model_dump() | limits
        try:
            check_shape(
                self.typed(changed),
                self.silver(),
                self.spark.createDataFrame([], QUARANTINE),
                source=self.source,
                rules=self.rules,
                limits=ShapeLimits.model_validate(given_limits),
                examples=lambda: ([json.dumps(r) for r in self.known], [json.dumps(r) for r in changed]),
            )
        except SourceShapeError as error:
            return str(error)
        return ""


def without(record: Record, *names: str) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def renamed(record: Record, old: str, new: str) -> Record:
    return {**without(record, old), new: record[old]}


def in_address(record: Record, **values: Any) -> Record:
    return {**record, "address": {**record["address"], **values}}


def several(record: Record) -> Record:
    """A new version of an API, all at once: renamed, gone, nested, listed, numbered."""
    changed = renamed(record, "firstName", "first_name") | {
        "gender": 2,
        "lastName": {"en": record["lastName"]},
    }
    birth_date = f"{13 + record['id'] % 15}/5/1990"
    return in_address(changed, address=None, city=["Ulm"]) | {"birthDate": birth_date}


CHANGES: list[tuple[str, Callable[[Record], Record], list[str]]] = [
    (
        "crm",
        several,
        ["given_name has a value in 0 of the 40", "family_name", "street", "city", "gender", "unrecognised_gender",
         "birth_date", "unreadable_birth_date", "99/9/9999", "firstName", "first_name"],
    ),
    (
        "crm",
        lambda r: {**renamed(r, "address", "home"), "birthDate": 643248000 + r["id"]},
        ["street", "city", "address.city", "home.city", "birth_date", "999999999"],
    ),
    ("crm", lambda r: without(r, "firstName", "lastName", "email"), ["40 of 40 records are unreadable"]),
    (
        "support",
        lambda r: {**without(r, "email"), "requester": {"email": r["email"]}, "status": 2, "category": ["billing"]},
        ["email", "requester.email", "unrecognised_status", "category"],
    ),
    ("support", lambda r: {"_malformed": json.dumps(r)}, ["40 of 40 records are unreadable"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "change", "said"), CHANGES)
def test_a_field_that_went_stops(
    spark: SparkSession, source: str, change: Callable[[Record], Record], said: list[str]
) -> None:
    known = [MAKE[source](number) for number in range(40)]
    key = KEYS[source]
    pull = [{key: record[key], **change(record)} for record in known]
    text = Day(spark, source, known).findings(pull)
    assert all(words in text for words in said), text
    assert "example.org" not in text and "Ulm" not in text and "Lee" not in text


# What happens every day, and stops nothing.
HARMLESS: list[tuple[str, list[Record], list[Record]]] = [
    ("crm", [], [without(user(n), "email", "birthDate", "address", "company") for n in range(40)]),
    (
        "crm",
        [user(n) for n in range(40)],
        [without(user(n), "email") if n < 8 else user(n) for n in range(40)],
    ),
    ("crm", [user(1), user(2)], [{"id": 1}, user(2)]),  # one of two in quarantine
    # many new ones that never had an address: those that are known still have theirs
    (
        "crm",
        [user(n) for n in range(40)],
        [*map(user, range(40)), *(without(user(n), "address") for n in range(50, 150))],
    ),
    ("support", [], [without(ticket(n), "email") if n % 2 else ticket(n) for n in range(40)]),
]


@pytest.mark.parametrize(("source", "known", "pull"), HARMLESS)
def test_what_is_no_change_of_shape_goes_on(
    spark: SparkSession, source: str, known: list[Record], pull: list[Record]
) -> None:
    assert Day(spark, source, known).findings(pull) == ""


def test_on_a_first_day_what_a_source_must_have_is_missed(spark: SparkSession) -> None:
    nested = [
        {**without(ticket(n), "email"), "requester": {"email": "x@y.org"}, "created_at": 1748736000}
        for n in range(60)
    ]
    text = Day(spark, "support", []).findings(nested)
    assert "email, which this source must have, has a readable value in 0 of 60" in text
    assert "unreadable_date" in text and "9999999999" in text


def test_a_setting_makes_it_a_warning(spark: SparkSession, caplog: pytest.LogCaptureFixture) -> None:
    known = [user(number) for number in range(40)]
    pull = [without(record, "firstName") for record in known]
    assert Day(spark, "crm", known).findings(pull, on_change="warn") == ""
    assert "given_name has a value in 0 of the 40 records" in caplog.text


def test_a_required_column_that_there_is_not_is_named(spark: SparkSession) -> None:
    text = Day(spark, "crm", []).findings([user(1)], required=("first_name",))
    assert "names first_name: its cleaning makes no such column. Columns: given_name" in text


FIELDS = {"firstName": "given_name", "lastName": "family_name", "email": "email", "birthDate": "birth_date"}
DAMAGE: dict[str, Callable[[Any], Record]] = {
    "dropped": lambda value: {},
    "renamed": lambda value: {"other": value},
    "emptied": lambda value: {"same": ""},
    "nested": lambda value: {"same": {"value": value}},
    "listed": lambda value: {"same": [value]},
}


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from(sorted(FIELDS)),
    damage=st.sampled_from(sorted(DAMAGE)),
    hit=st.integers(0, 30),
    size=st.sampled_from([8, 30]),
)
def test_most_values_of_a_field_are_there_or_the_run_stops(
    spark: SparkSession, field: str, damage: str, hit: int, size: int
) -> None:
    known = [user(number) for number in range(size)]
    pull = []
    for number, record in enumerate(known):
        changed = {
            ("c_" + field if k == "other" else field): v for k, v in DAMAGE[damage](record[field]).items()
        }
        pull.append({**without(record, field), **changed} if number < hit else record)
    text, lost = Day(spark, "crm", known).findings(pull), min(hit, size)
    # (values that are there and cannot be read have a limit of their own, and a sentence of their own)
    assert (f"- {FIELDS[field]} has a value in" in text) == (lost >= 5 and lost > size / 2), text
