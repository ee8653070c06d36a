from __future__ import annotations

from typing import Any

import pytest

from customer_360.datasets.declared_fields import DeclaredFields

RECORD = {"id": 1, "mail": "a@b.org", "shoe size": 43, "place": {"city": "x", "zip": "y"}, "password": "s"}


def test_what_nobody_declared_is_left_out_and_told_once() -> None:
    fields = DeclaredFields(["id", "place.city"], blocked=["Password"])
    assert fields.keep(RECORD) == {"id": 1, "place": {"city": "x"}}
    assert fields.tell() == (
        "fields that nobody declared were left out: place.zip, mail, shoe size. To keep them, make columns of them or "
        "name them under `keep`; `leave_out` says that they are not wanted"
    )
    fields.keep(RECORD)
    assert fields.tell() is None
    fields.keep({**RECORD, "new": 1})
    assert "left out: new." in (fields.tell() or "")


@pytest.mark.parametrize("leave_out", [["mail", "shoe size", "place.zip"], ["mail", "Shoe Size", "zip"]])
def test_what_is_known_not_to_be_wanted_is_not_told(leave_out: list[str]) -> None:
    fields = DeclaredFields(["id", "place.city"], leave_out=leave_out, blocked=["password"])
    fields.keep(RECORD)
    assert fields.tell() is None


def test_other_fields_are_kept_where_the_source_says_so() -> None:
    fields = DeclaredFields(["id"], keep_others=True)
    assert fields.keep(RECORD) == RECORD
    assert (fields.tell() or "").startswith(
        "fields that nobody declared were kept: mail, shoe size, place, password"
    )


def test_without_any_declaration_all_is_kept_and_nothing_told() -> None:
    fields = DeclaredFields()
    assert fields.keep(RECORD) == RECORD
    assert fields.kept_columns(RECORD) == list(RECORD)
    assert fields.tell() is None


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["ann@example.org"], "1 that do not look like names"),
        (["a", "+1 212-555-0123"], "a and 1 more"),
        ([f"f{n}" for n in range(30)], "f19 and 10 more"),
    ],
)
def test_values_that_are_used_as_names_are_not_shown(names: list[str], said: str) -> None:
    fields = DeclaredFields(["id"])
    fields.keep(dict.fromkeys(names, 1))
    text = fields.tell() or ""
    assert said in text
    assert "@" not in text
    assert "555" not in text


def test_columns_of_a_table() -> None:
    fields = DeclaredFields(["id", "place.city"], blocked=["password"])
    assert fields.kept_columns(["id", "place", "mail", "password"]) == ["id", "place"]
    assert "left out: mail." in (fields.tell() or "")


@pytest.mark.parametrize("record", ["text", None, 5, ["x"]])
def test_what_is_no_object_stays_as_it_is(record: Any) -> None:
    assert DeclaredFields(["id"]).keep(record) == record
