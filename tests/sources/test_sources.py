"""Each source's module: one payload in, one typed row out, whatever is in the payload."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from sources.bronze_frames import CLEANING, SETTINGS, bronze

from customer_360.bronze.change_log import current_records
from customer_360.quality import check_rules
from customer_360.sources import SOURCES, Source, typed_records
from customer_360.sources.base import ONLY_SOURCES, chosen

KEY_FIELDS = {"crm": "id", "erp": "cust_number", "marketing": "id", "support": "ticket_id"}
BY_NAME = {source.name: source for source in SOURCES}

CRM_USER = {
    "id": 1,
    "firstName": "  emily ",
    "lastName": "JOHNSON",
    "maidenName": "",
    "gender": "Female",
    "email": " Emily.Johnson@Example.COM ",
    "phone": "+1 212-555-0123",
    "birthDate": "1996-5-3",
    "address": {
        "address": "626  Main Street",
        "city": "Phoenix",
        "state": "Mississippi",
        "postalCode": "29112",
        "coordinates": {"lat": -77.16213, "lng": -92.084824},
        "country": "United States",
    },
    "company": {"name": "Dooley", "department": "Engineering", "title": "Sales Manager"},
}
ERP_ROW = {
    "cust_number": "12", "full_name": "Johnson, Emily", "street": "626 Main Street", "city": "Phoenix",
    "postal_code": "29112", "lat_lng": "-77.16213 : -92.084824", "tax_id": "ab-12",
}  # fmt: skip
POST = {
    "id": 7, "title": "Hello", "tags": ["History", "american", "history"], "views": 305, "userId": 121,
    "reactions": {"likes": 192, "dislikes": 25},
}  # fmt: skip
TICKET = {
    "ticket_id": "T-1", "email": "ANN@example.org", "category": "Invoice", "status": "OPEN", "priority": None,
    "created_at": "03/09/2024",
}  # fmt: skip


def typed(log: DataFrame, source: Source) -> DataFrame:
    records = current_records(log)
    return typed_records(records, SETTINGS, source=source, key_field=KEY_FIELDS[source.name])


def clean(spark: SparkSession, source: Source, *payloads: Any) -> list[dict[str, Any]]:
    """Silver columns of these payloads, in their order."""
    log = bronze(spark, [(str(position), payload) for position, payload in enumerate(payloads)])
    rows = source.clean(current_records(log), SETTINGS).drop("raw", "payload", "ingested_at", "run_id")
    return [row.asDict() for row in rows.orderBy(rows["source_key"].cast("int")).collect()]


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        (
            "crm",
            CRM_USER,
            {
                "given_name": "Emily", "family_name": "Johnson", "maiden_name": None, "full_name": "Emily Johnson",
                "email": "emily.johnson@example.com", "email_valid": True, "phone": "+12125550123",
                "birth_date": date(1996, 5, 3), "gender": "female", "street": "626 Main Street", "city": "Phoenix",
                "region": "Mississippi", "postal_code": "29112", "country_code": "US", "latitude": -77.16213,
                "longitude": -92.084824, "company_name": "Dooley", "job_title": "Sales Manager",
            },
        ),
        (
            "erp",
            ERP_ROW,
            {
                "customer_number": "12", "given_name": "Emily", "family_name": "Johnson", "street": "626 Main Street",
                "city": "Phoenix", "postal_code": "29112", "latitude": -77.16213, "longitude": -92.084824,
                "tax_id": "AB-12",
            },
        ),
        (
            "marketing",
            POST,
            {
                "user_key": "121", "title": "Hello", "tags": ["american", "history"], "like_count": 192,
                "dislike_count": 25, "view_count": 305, "published_date": None,
            },
        ),
        (
            "support",
            TICKET,
            {
                "email": "ann@example.org", "email_valid": True, "category": "billing", "status": "open",
                "priority": "unknown", "created_date": date(2024, 3, 9),
            },
        ),
    ],
)  # fmt: skip
def test_a_record_becomes_a_typed_row(
    spark: SparkSession, name: str, payload: dict[str, Any], expected: dict[str, Any]
) -> None:
    [row] = clean(spark, BY_NAME[name], payload)
    assert {column: row[column] for column in expected} == expected
    assert row["source_key"] == "0"


NOTHING_TO_READ: list[Any] = [
    {}, "", "[]", "no JSON", '{"id": 1', "null", {"_malformed": "1,2,3"}, {"id": {"a": 1}},
    {"address": [], "company": "x", "reactions": 5, "tags": {}, "email": ["a"], "birthDate": 1e300},
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_one_row_per_record_whatever_the_payload(spark: SparkSession, source: Source) -> None:
    assert len(clean(spark, source, *NOTHING_TO_READ)) == len(NOTHING_TO_READ)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_what_is_no_object_is_malformed(spark: SparkSession, source: Source) -> None:
    # the last two say nothing, as placeholders do, and are malformed all the same
    payloads = ["[1]", "broken", "", {"_malformed": "1,2"}, {"_malformed": "null"}, {"_malformed": "n/a"}]
    log = bronze(spark, [(str(position), payload) for position, payload in enumerate(payloads)])
    _, quarantined = check_rules(typed(log, source), CLEANING.rules(source.name), source=source.name)
    reasons = [row.reasons for row in quarantined.collect()]
    assert len(reasons) == len(payloads)
    assert all("malformed" in each for each in reasons)


@pytest.mark.parametrize(
    ("name", "payload", "warning"),
    [
        ("crm", {**CRM_USER, "email": "emily at example"}, "invalid_email"),
        ("crm", {**CRM_USER, "phone": "12"}, "impossible_phone"),
        ("crm", {**CRM_USER, "birthDate": "1990-2-31"}, "unreadable_birth_date"),
        ("crm", {**CRM_USER, "birthDate": "2091-4-12"}, "implausible_birth_date"),
        ("crm", {**CRM_USER, "address": None}, "missing_address"),
        ("crm", {**CRM_USER, "lastName": "N/A"}, "missing_name"),
        ("erp", {**ERP_ROW, "postal_code": ""}, "missing_postal_code"),
        ("erp", {**ERP_ROW, "lat_lng": "200 : 10"}, "bad_coordinates"),
        ("erp", {**ERP_ROW, "cust_number": ""}, "missing_customer_number"),
        ("marketing", {**POST, "reactions": None}, "missing_count"),
        ("marketing", {**POST, "views": "many"}, "unreadable_count"),
        ("support", {**TICKET, "created_at": "02/30/2025"}, "unreadable_date"),
        ("support", {**TICKET, "status": "levitating"}, "unrecognised_status"),
        ("support", {**TICKET, "priority": None}, "missing_priority"),
    ],
)
def test_a_flaw_that_can_be_lived_with_is_a_warning(
    spark: SparkSession, name: str, payload: dict[str, Any], warning: str
) -> None:
    source = BY_NAME[name]
    log = bronze(spark, [("1", payload)])
    valid, _ = check_rules(typed(log, source), CLEANING.rules(name), source=name)
    [row] = valid.collect()
    assert warning in row.warnings


@pytest.mark.parametrize(
    ("names", "expected"), [("", ["a", "b"]), ("b", ["b"]), (" b, a ", ["a", "b"]), (",", ["a", "b"])]
)
def test_sources_can_be_chosen_by_name(
    names: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = SOURCES[0].clean
    monkeypatch.setenv(ONLY_SOURCES, names)
    registered = tuple(Source(name=name, table=name, clean=clean) for name in "ab")
    assert [source.name for source in chosen(registered)] == expected


def test_a_chosen_source_must_be_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = tuple(SOURCES)
    monkeypatch.setenv(ONLY_SOURCES, "crm,loyalty")
    with pytest.raises(ValueError, match="ONLY_SOURCES names loyalty; the registered sources are crm"):
        chosen(registered)
