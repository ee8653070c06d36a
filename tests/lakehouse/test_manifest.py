from __future__ import annotations

from datetime import UTC, datetime

from customer_360.lakehouse import manifest
from customer_360.lakehouse.manifest import Published
from customer_360.schemas import RUN_MANIFEST

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_what_is_written_is_what_is_read() -> None:
    tables = {"gold/customer_360": Published(3, 10), "silver/crm_users": Published(0, 0)}
    rows = manifest.manifest_rows(tables, run_id="r", run_time=NOW, published_at=NOW)
    names = RUN_MANIFEST.names
    assert manifest.published_tables(dict(zip(names, row, strict=True)) for row in rows) == tables
