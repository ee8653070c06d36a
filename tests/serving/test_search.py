from __future__ import annotations

from pathlib import Path

import pytest
from support.small_lakehouse import ANN, ANNE, BOB, GONE, OLD

from customer_360.serving import DeltaReader, find
from customer_360.serving.search import comparable_name
from customer_360.sources import SOURCES

TABLES = {source.name: source.table for source in SOURCES}


@pytest.mark.parametrize(
    ("query", "kind", "customers"),
    [
        (ANN, "id", [ANN]),
        (ANN.lower(), "id", [ANN]),
        (OLD, "id", [ANN]),  # has become part of it
        (GONE, "id", [GONE]),  # retired: its history is left
        ("crm:1", "record", [ANN]),
        ("CRM: 2", "record", [BOB]),
        ("support:t'1", "record", [ANN]),
        ("ann@x.io", "email", [ANN]),
        ("ANN@X.io", "email", [ANN]),
        ("a.lee@work.io", "email", [ANN]),  # of a ticket only
        ("ann lee", "name", [ANN]),
        ("  ANN   LÉE ", "name", [ANN]),
        ("bob oneil", "name", [BOB]),
    ],
)
def test_who_is_meant(reader: DeltaReader, query: str, kind: str, customers: list[str]) -> None:
    found = find(reader, query, TABLES)
    assert (found.kind, [match.customer_id for match in found.matches]) == (kind, customers)


@pytest.mark.parametrize(
    ("query", "close", "note"),
    [
        ("Ana Lee", {ANN, ANNE}, None),
        ("lee", {ANN, ANNE}, None),
        ("Onell", {BOB}, None),
        ("Zacharias Quux", set(), None),
        ("C1", set(), None),
        ("an@x.io", {ANN}, None),
        ("support:9", set(), "The record belongs to no customer: no match."),
        ("erp:6", set(), "The record is in quarantine: malformed."),
        ("support:12", set(), "The record came after the last complete run: kedro run."),
        ("crm:99", set(), "There is no such record in silver/crm_users."),
        ("crm:", set(), "There is no such record in silver/crm_users."),
        ("' OR 1=1 --", set(), None),
    ],
)
def test_nobody_is_meant(reader: DeltaReader, query: str, close: set[str], note: str | None) -> None:
    found = find(reader, query, TABLES)
    assert found.matches == []
    assert ({match.customer_id for match in found.close}, found.note) == (close, note)


def test_an_old_id_is_told(reader: DeltaReader) -> None:
    [match] = find(reader, OLD, TABLES).matches
    assert (match.customer_id, match.asked_id, match.name) == (ANN, OLD, "Ann Lee")


def test_a_lakehouse_without_tables(nothing_there: Path) -> None:
    assert find(DeltaReader(str(nothing_there)), "Ann Lee", TABLES).matches == []


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("José  Müller-Lüdenscheidt", "jose muller ludenscheidt"),
        ("D'Angelo", "dangelo"),
        (None, ""),
        ("李 小龙", "李 小龙"),
    ],
)
def test_names_are_compared_without_accents_case_and_signs(name: str | None, form: str) -> None:
    assert comparable_name(name) == form
