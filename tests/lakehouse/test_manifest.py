from __future__ import annotations

from datetime import UTC, datetime

import pytest

from customer_360.lakehouse import manifest
from customer_360.lakehouse.manifest import Published
from customer_360.schemas import RUN_MANIFEST

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_what_is_written_is_what_is_read() -> None:
    tables = {"gold/customer_360": Published(3, 10), "silver/crm_users": Published(0, 0)}
    rows = manifest.manifest_rows(tables, run_id="r", run_time=NOW, published_at=NOW)
    names = RUN_MANIFEST.names
    assert manifest.published_tables(dict(zip(names, row, strict=True)) for row in rows) == tables


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/lake/Tables/gold/customer_360", ("/lake", "gold/customer_360")),
        ("abfss://w@h/l.Lakehouse/Tables/silver/x/", ("abfss://w@h/l.Lakehouse", "silver/x")),
        ("/Tables/of/Tables/gold/x", ("/Tables/of", "gold/x")),
        ("/lake/Files/work/compared", None),
        ("/lake/Tables/dbo/gold/x", None),
    ],
)
def test_where_a_table_is(folder: str, expected: tuple[str, str] | None) -> None:
    assert manifest.split_table_path(folder) == expected
