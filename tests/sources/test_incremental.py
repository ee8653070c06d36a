"""`incremental` of a source's file: what can be asked so, and what it needs for that."""

from __future__ import annotations

from typing import Any

import pytest
from sources.test_declaration import FILE, declared

from customer_360.sources.entries import catalog_entry
from customer_360.sources.errors import SourceDeclarationError

API = {"type": "rest", "base_url": "https://x.org", "resource": "users", "pagination": {"style": "offset"}}
DELTA = {"type": "delta", "filepath": "/elsewhere/contact"}
TABLE = {"type": "pandas.SQLTableDataset", "table_name": "members"}
QUERY = {"type": "pandas.SQLQueryDataset", "sql": "SELECT 1"}
ASKED = {"parameter": "updated_since", "field": "updatedAt"}


def said(place: Any, incremental: Any, **more: Any) -> dict[str, Any]:
    return {
        "from": place, "key": "id", "columns": {"b": "b"}, "unique_keys": True, "incremental": incremental, **more
    }  # fmt: skip


WRONG: list[tuple[Any, Any, dict[str, Any], str, str]] = [
    (
        "a.csv",
        ASKED,
        {},
        "incremental",
        "csv cannot be asked for changes only; it is read as a whole. These can",
    ),
    ("a.xlsx", ASKED, {}, "incremental", "excel cannot be asked"),
    ("a.json", ASKED, {}, "incremental", "json cannot be asked"),
    ("a.parquet", {"field": "b"}, {}, "incremental", "parquet cannot be asked"),
    (
        {"type": "polars.CSVDataset", "file": "a"},
        ASKED,
        {},
        "incremental",
        "polars.CSVDataset cannot be asked",
    ),
    (API, ASKED, {"unique_keys": False}, "incremental", "needs unique_keys: true"),
    (DELTA, {"by": "commit"}, {"unique_keys": None}, "incremental", "needs unique_keys: true"),
    (API, {"field": "updatedAt"}, {}, "incremental.parameter", "is missing: which query parameter"),
    (API, {"parameter": "since"}, {}, "incremental.field", "is missing: which field of a record says"),
    (
        API,
        {**ASKED, "by": "commit"},
        {},
        "incremental.by",
        "is not for rest. Allowed: parameter, field, overlap",
    ),
    (
        API,
        {**ASKED, "paramter": "x"},
        {},
        "incremental.paramter",
        "no such key. Did you mean 'parameter'? Allowed",
    ),
    (API, {**ASKED, "overlap": 0}, {}, "incremental.overlap", "greater than or equal to 1"),
    (API, {**ASKED, "full_every": 0}, {}, "incremental.full_every", "greater than or equal to 1"),
    (
        API,
        {**ASKED, "format": "epoch"},
        {},
        "incremental.format",
        "'iso', 'seconds', 'milliseconds' or 'field'",
    ),
    (API, {**ASKED, "time_zone": "Berlin"}, {}, "incremental.time_zone", "there is no such time zone"),
    (
        {**API, "params": {"updated_since": 1}},
        ASKED,
        {},
        "incremental.parameter",
        "stands in from.params, too",
    ),
    ({**API, "incremental": ASKED}, ASKED, {}, "from.incremental", "is said by `incremental` of the source"),
    (DELTA, {}, {}, "incremental.field", "which field of a record says when it last changed, or by: commit"),
    (DELTA, ASKED, {}, "incremental.parameter", "is not for delta. Allowed: field, by, overlap, full_every"),
    (
        DELTA,
        {"by": "commit", "field": "b"},
        {},
        "incremental.field",
        "is not for by: commit. Allowed: by, full_every",
    ),
    (
        DELTA,
        {"field": "a.b"},
        {},
        "incremental.field",
        "'a.b' has dots; a delta source is asked by one of its columns",
    ),
    (TABLE, {}, {}, "incremental.field", "is missing"),
    (TABLE, {"field": "b", "format": "iso"}, {}, "incremental.format", "is not for pandas.SQLTableDataset"),
    ({**QUERY, "filepath": "a.sql"}, {"field": "b"}, {}, "incremental.field", "put the query into `sql`"),
    (
        {**QUERY, "load_args": {"params": [1]}},
        {"field": "b"},
        {},
        "incremental.field",
        "from.load_args.params",
    ),
    (API, {**ASKED, "field": "password"}, {}, "incremental.field", "one of blocked_fields"),
    (API, "updated_since", {}, "incremental", "valid dictionary"),
]


@pytest.mark.parametrize(("place", "incremental", "more", "key", "message"), WRONG)
def test_what_cannot_be_asked_so(
    place: Any, incremental: Any, more: dict[str, Any], key: str, message: str
) -> None:
    with pytest.raises(SourceDeclarationError) as error:
        declared(said(place, incremental, **more))
    [line, *_] = str(error.value).splitlines()
    assert line.startswith(f"{FILE}, {key}: ")
    assert message in line


@pytest.mark.parametrize(
    ("place", "incremental"),
    [
        (
            API,
            {**ASKED, "format": "milliseconds", "overlap": 60, "full_every": 5, "time_zone": "Europe/Berlin"},
        ),
        (API, {**ASKED, "field": "meta.updatedAt"}),
        (DELTA, {"by": "commit", "full_every": 7}),
        (DELTA, {"field": "modifiedon"}),
        (TABLE, {"field": "changed", "time_zone": "UTC"}),
        (QUERY, {"field": "changed"}),
        ({**TABLE, "type": "kedro_datasets.pandas.SQLTableDataset"}, {"field": "changed"}),
    ],
)
def test_the_dataset_is_told_how_and_where_it_keeps_how_far(place: Any, incremental: dict[str, Any]) -> None:
    made = catalog_entry(
        declared(said(place, incremental)), lakehouse="/lake", blocked_fields=[], full_pull=True
    )
    places = {"state": "/lake/Files/state/sources/loyalty", "bronze": "/lake/Tables/bronze/loyalty"}
    assert made["incremental"] == {**incremental, **places, "full_pull": True}
    assert made["loads_pull"] is True


def test_a_source_that_is_asked_for_all_keeps_nothing() -> None:
    made = catalog_entry(declared(said(API, None)), lakehouse="/lake", blocked_fields=[])
    assert "incremental" not in made
    assert made["loads_pull"] is True
