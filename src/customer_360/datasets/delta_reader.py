"""Small reads of Delta tables for people who look at them, without starting a Spark engine.

Kedro-Viz calls the previews in its own server process, so they read with delta-rs (``deltalake``, part of the
extra ``viz``): milliseconds, and no session to keep. Runs never come here.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from kedro.io.core import DatasetError

logger = logging.getLogger(__name__)

MAX_CELL = 200  # characters; bronze payloads are longer than anybody reads in a side panel


def query(tables: Mapping[str, str], sql: str) -> list[dict[str, Any]] | None:
    """Rows that ``sql`` gives over Delta tables.

    Args:
        tables: the name of each table in the query, and its folder (local or ``abfss://``; credentials come
            from the ``AZURE_*`` environment variables, as for Sail).
        sql: one SELECT (DataFusion SQL). Its result comes into memory: aggregate or limit it.

    Returns:
        One dictionary per row, or None when one of the tables is not there yet.

    Raises:
        DatasetError: ``deltalake`` is not installed, or the query fails.
    """
    try:
        import pyarrow as pa
        from deltalake import DeltaTable, QueryBuilder
        from deltalake.exceptions import TableNotFoundError
    except ImportError as error:
        raise DatasetError(
            f"Previews need a package that is not installed ({error.name}). "
            "Install it with: pip install 'customer_360[viz]' (in the project: make install)."
        ) from error
    builder = QueryBuilder()
    for name, folder in tables.items():
        try:
            builder.register(name, DeltaTable(folder))
        except TableNotFoundError:
            logger.info("No preview: there is no table at %s yet (kedro run writes it).", folder)
            return None
    try:
        rows: list[dict[str, Any]] = pa.table(builder.execute(sql).read_all()).to_pylist()
    except Exception as error:
        raise DatasetError(f"The query over {', '.join(tables)} failed: {error}") from error
    return rows


def first_rows(folder: str, limit: int) -> dict[str, list[Any]] | None:
    """The first rows of a table as Kedro-Viz shows them.

    Returns:
        ``{"index", "columns", "data"}`` with cells that JSON can hold, blank for null, or None when the table
        is absent or has no row.

    Raises:
        DatasetError: ``deltalake`` is not installed, or the table cannot be read.
    """
    rows = query({"preview": folder}, f"SELECT * FROM preview LIMIT {int(limit)}")
    if not rows:
        return None
    return {
        "index": list(range(len(rows))),
        "columns": list(rows[0]),
        "data": [[_cell(value) for value in row.values()] for row in rows],
    }


def _cell(value: Any) -> str | int | float | bool:
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else ""  # NaN is not JSON
    if isinstance(value, list):
        return _shorten(", ".join(str(_cell(item)) for item in value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ", "seconds") if hasattr(value, "hour") else value.isoformat())
    return _shorten(str(value))


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"
