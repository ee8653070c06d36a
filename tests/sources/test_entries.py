"""`from` of a source's file, as an entry of the catalog."""

from __future__ import annotations

from typing import Any

import pytest
from sources.test_declaration import FILE, declared

from customer_360.sources.entries import FRAME, catalog_entry
from customer_360.sources.errors import SourceDeclarationError


def entry(written: Any, **given: Any) -> dict[str, Any]:
    said = {"from": written, "key": "id", "columns": {"b": "a.b"}, "table": "t", "leave_out": ["x"], **given}
    return catalog_entry(declared(said), lakehouse="/lake", blocked_fields=["password"])


API = {"type": "rest", "base_url": "https://x.org", "resource": "users", "pagination": {"style": "offset"}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a.csv", {"format": "csv", "filepath": "/lake/Files/landing/a.csv", "columns": ["id", "a.b"]}),
        ("a.JSON", {"format": "json", "filepath": "/lake/Files/landing/a.JSON"}),
        ({"type": "json", "filepath": "abfss://x/y.json"}, {"filepath": "abfss://x/y.json"}),
        ("a.xlsx", {"dataset": {"type": "pandas.ExcelDataset", "filepath": "/lake/Files/landing/a.xlsx"}}),
        ("a.parquet", {"dataset": {"type": "pandas.ParquetDataset", "filepath": "/lake/Files/landing/a.parquet"}}),
        (
            {"type": "polars.CSVDataset", "file": "a.csv"},
            {"type": FRAME, "key_field": "id", "declared_in": FILE,
             "dataset": {"type": "polars.CSVDataset", "filepath": "/lake/Files/landing/a.csv"}},
        ),
        (API, {"base_url": "https://x.org", "key_field": "id"}),
    ],
)  # fmt: skip
def test_a_place_as_an_entry(written: Any, expected: dict[str, Any]) -> None:
    made = entry(written)
    assert {key: made[key] for key in expected} == expected
    assert made["staging"] == {"path": "/lake/Files/staging/t"}
    assert (made["fields"], made["leave_out"], made["blocked_fields"]) == (["id", "a.b"], ["x"], ["password"])


def test_whole_records_of_an_api_are_compared_where_keys_may_repeat() -> None:
    assert entry(API, unique_keys=False)["key_field"] is None


@pytest.mark.parametrize(
    ("written", "key", "message"),
    [
        (
            {"type": "csv", "fle": "a.csv"},
            "from.fle",
            "no such key for csv. Did you mean 'file'? Allowed: filepath",
        ),
        ({"type": "csv"}, "from.filepath", "the key is missing; csv needs it"),
        ({"type": "csv", "file": "a", "filepath": "b"}, "from.file", "stands beside filepath"),
        ({**API, "base_ulr": "x"}, "from.base_ulr", "Did you mean 'base_url'?"),
        (
            {key: API[key] for key in API if key != "resource"},
            "from.resource",
            "the key is missing; rest needs it",
        ),
        ({"type": "delta", "path": "x"}, "from.path", "Did you mean 'filepath'?"),
    ],
)
def test_what_a_dataset_of_ours_does_not_take(written: Any, key: str, message: str) -> None:
    with pytest.raises(SourceDeclarationError) as error:
        entry(written)
    assert str(error.value).startswith(f"{FILE}, {key}: ")
    assert message in str(error.value)
