"""Records to features."""

from __future__ import annotations

from typing import Any

import pytest
from enrichment_frames import identity
from pyspark.sql import SparkSession

from customer_360.identity.prepare.feature_columns import feature_names, features
from customer_360.identity.prepare.nicknames import formal_names

CASES: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"given_name": " José María "}, {"given_name": "jose"}),
    ({"given_name": "Dr. ANNE-Marie"}, {"given_name": "annemarie"}),
    ({"given_name": "daughter"}, {"given_name": None}),
    ({"family_name": "O'Brien Jr."}, {"family_name": "obrien"}),
    ({"family_name": "Müller"}, {"family_name": "muller"}),
    ({"full_name": "Smith, John"}, {"given_name": "john", "family_name": "smith"}),
    (
        {"full_name": "Mr John Paul Smith"},
        {"given_name": "john", "middle_name": "paul", "family_name": "smith"},
    ),
    ({"full_name": "John Smith", "given_name": "Jack"}, {"given_name": "jack", "family_name": None}),
    ({"given_name": "Bob"}, {"given_formal": "robert"}),
    ({"birth_date": "1996-5-3"}, {"birth_date": 19960503}),
    ({"birth_date": "19960503"}, {"birth_date": 19960503}),
    ({"birth_date": "5/3/1996"}, {"birth_date": 19960503}),
    ({"birth_date": "25/3/1996"}, {"birth_date": 19960325}),
    ({"birth_date": "1996-13-41"}, {"birth_date": 19961341}),
    ({"birth_date": "unknown"}, {"birth_date": None}),
    ({"sex": "Female"}, {"sex": "f"}),
    ({"sex": "M"}, {"sex": "m"}),
    (
        {"email": "John.Smith12+News@Mail.example"},
        {"email": "john.smith12@mail.example", "mailbox_number": "12"},
    ),
    ({"email": "nobody"}, {"email": None, "mailbox": None}),
    ({"phone": "+1 (555) 010-0123"}, {"phone": "550100123"}),
    ({"phone": "000-000-0000"}, {"phone": None}),
    ({"phone": "12-34"}, {"phone": None}),
    ({"street": "12 North Main Street"}, {"house_number": "12", "street": "nmainst"}),
    ({"street": "Main St.", "house_number": "12"}, {"house_number": "12", "street": "mainst"}),
    ({"street": "5 Oak Ave Apt 7"}, {"house_number": "5", "street": "oakav", "unit": "7"}),
    ({"city": "N/A"}, {"city": None}),
    ({"national_id": "123-45-6780"}, {"national_id": "123456780"}),
    ({"national_id": "000-00-0000"}, {"national_id": None}),
    ({"customer_number": "C-0012"}, {"customer_number": "C12", "customer_number_digits": "12"}),
    ({"customer_number": " 0012 "}, {"customer_number": "12", "customer_number_digits": "12"}),
    ({"customer_number": "DE-1001"}, {"customer_number": "DE1001", "customer_number_digits": "1001"}),
    ({"customer_number": "AT-1001"}, {"customer_number": "AT1001", "customer_number_digits": "1001"}),
    ({"customer_number": "003a0B7cD"}, {"customer_number": "003a0B7cD", "customer_number_digits": None}),
    ({"customer_number": "003A0b7Cd"}, {"customer_number": "003A0b7Cd"}),
    ({"customer_number": "#1a2b3c"}, {"customer_number": None}),
    ({"given_name": "Ann", "family_name": "Poe", "email": "ann.poe@x.io"}, {"email_in_name": True}),
    ({"given_name": "Ann", "family_name": "Poe", "email": "apoe7@x.io"}, {"email_in_name": True}),
    ({"given_name": "Ann", "family_name": "Poe", "email": "bob.poe@x.io"}, {"email_in_name": False}),
    ({"email": "bob.poe@x.io"}, {"email_in_name": None, "mailbox_first": "bob", "mailbox_last": "poe"}),
    ({"email": "poe_bob17@x.io"}, {"mailbox_first": "poe", "mailbox_last": "bob", "mailbox_number": "17"}),
    ({"email": "bobpoe@x.io"}, {"mailbox_first": None, "mailbox_last": None}),
    ({"email": "b.poe@x.io"}, {"mailbox_first": None, "mailbox_last": None}),
    ({"family_name": "Poe", "email": "bob.poe@x.io"}, {"mailbox_first": None, "mailbox_last": None}),
    ({"email": "poe.bob17@x.io"}, {"mailbox": "bboop"}),
    ({"email": "poe.bob@x.io"}, {"mailbox": "pobob"}),
    (
        {"given_name": "Bob", "family_name": "Poe", "email": "x17@x.io"},
        {"mailbox_names": "bboop", "mailbox_number": "17"},
    ),
]


def test_cases(spark: SparkSession) -> None:
    columns = ["source", "key", *identity().attributes]
    rows = [
        tuple({"source": "s", "key": str(n), **given}.get(c) for c in columns)
        for n, (given, _) in enumerate(CASES)
    ]
    frame = spark.createDataFrame(rows, ", ".join(f"{name} STRING" for name in columns))
    found = features(frame, identity())
    assert set(feature_names(identity())) | {"rid", "source", "key"} == set(found.columns)
    by_key = {row["key"]: row.asDict() for row in found.collect()}
    for number, (given, expected) in enumerate(CASES):
        assert {name: by_key[str(number)][name] for name in expected} == expected, given


def test_absent_columns_are_null(spark: SparkSession) -> None:
    [row] = features(
        spark.createDataFrame([("s", "1", "a@x.io")], "source STRING, key STRING, email STRING"), identity()
    ).collect()
    assert row["email"] == "a@x.io" and row["given_name"] is None and row["birth_date"] is None


@pytest.mark.parametrize(
    ("one", "two"), [("bob", "rob"), ("liz", "beth"), ("jim", "jimmy"), ("peggy", "meg")]
)
def test_nicknames_share_a_formal_name(one: str, two: str) -> None:
    formal = {name: root for name, root, _ in formal_names()}
    assert formal[one] == formal[two]
