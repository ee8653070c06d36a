from __future__ import annotations

from typing import Any

import pytest

from customer_360.datasets.field_filter import FieldFilter
from customer_360.datasets.json_text import Repeated

RECORD = {
    "id": 1,
    "name": "n",
    "company": {"name": "c", "address": {"city": "x", "zip": "y"}},
    "tags": [{"t": 1, "u": 2}],
}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ([], RECORD),
        (["id"], {"id": 1}),
        (["id", "missing"], {"id": 1}),
        (["company.name"], {"company": {"name": "c"}}),
        (["company.name", "company.address.city"], {"company": {"name": "c", "address": {"city": "x"}}}),
        (["company.name", "company"], {"company": RECORD["company"]}),
        (["company", "company.name"], {"company": RECORD["company"]}),
        (["tags.t"], {"tags": [{"t": 1}]}),
        (["name.first"], {"name": "n"}),  # not the object that was expected: cleaning is to see it
    ],
)
def test_only_the_fields_to_keep_are_kept(fields: list[str], kept: dict[str, Any]) -> None:
    assert FieldFilter(fields).keep(RECORD) == kept


def test_what_is_not_an_object_stays_as_it_is() -> None:
    assert FieldFilter(["id"]).keep(["x"]) == ["x"]


def test_an_api_is_asked_for_top_level_fields_each_once() -> None:
    assert FieldFilter(["id", "company.name", "company.title"]).top_level == ["id", "company"]


def test_a_name_given_twice_is_still_one_when_only_a_part_is_kept() -> None:
    """Else the last value would become a list of all: a text in silver that nobody wrote."""
    record = {"company": Repeated([{"name": "a", "secret": 1}, {"name": "b"}])}
    kept = FieldFilter(["company.name"]).keep(record)
    assert kept == {"company": [{"name": "a"}, {"name": "b"}]}
    assert isinstance(kept["company"], Repeated)  # type: ignore[index]
