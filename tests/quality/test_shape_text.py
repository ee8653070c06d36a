from __future__ import annotations

import json

import pytest

from customer_360.quality.shape_text import fields_that_went_and_came, mask, shape_of


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("12/31/1999", "99/99/9999"),
        ("ann.lee@example.org", "aaa.aaa@aaaa.aaa"),
        ("Müller", "Aaaaa"),
        ("1748736000", "9999999999"),
        ("李小龍", "aaa"),
        ("", ""),
    ],
)
def test_a_mask_shows_the_form_of_a_value_only(value: str, masked: str) -> None:
    assert mask(value) == masked


@pytest.mark.parametrize(
    ("record", "shape"),
    [
        ({"requester": {"email": "x@y.org"}}, "{requester: {email: a@a.aaa}}"),
        ({"category": ["billing", "x"]}, "{category: [aaaa, ...]}"),
        ({"status": 2, "open": True, "by": None, "to": ""}, '{status: 9, open: boolean, by: null, to: ""}'),
        ({"x@y.org": 1, "+4912345678": 2}, "{a@a.aaa: 9, +9999999999: 9}"),  # names that are data
    ],
)
def test_a_shape_holds_no_value(record: object, shape: str) -> None:
    assert shape_of(json.dumps(record)) == shape


def test_a_record_that_is_no_json_is_masked_as_a_whole() -> None:
    assert shape_of("Ann Lee;7") == "Aaa Aaa;9"
    assert len(shape_of(json.dumps({f"name_{n}": "x" * 50 for n in range(200)}))) < 800


def test_fields_that_were_renamed_are_named_at_any_depth() -> None:
    before = [
        json.dumps({"firstName": "A", "address": {"street": "s", "city": "c"}, "odd": n or None})
        for n in (0, 1)
    ]
    now = [json.dumps({"first_name": "A", "address": {"line1": "s", "city": "c"}}) for _ in range(2)]
    assert fields_that_went_and_came(before, now) == (
        ["address.street", "firstName"],
        ["address.line1", "first_name"],
    )
