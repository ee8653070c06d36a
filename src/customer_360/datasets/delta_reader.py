"""Small reads of Delta tables for people who look at them, without starting a Spark engine.

Kedro-Viz calls the previews in its own server process, so they read with delta-rs (``deltalake``, part of the
extra ``viz``): milliseconds, and no session to keep. Runs never come here.

What is read are the versions that the last run that ended well has published (:mod:`..lakehouse.manifest`): a run
in progress, or one that was killed, is not seen. A lakehouse without a manifest is read as it is.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kedro.io.core import DatasetError

from customer_360.foundation import process_state
from customer_360.lakehouse import Published, manifest_folder, published_tables, split_table_path
from customer_360.onelake import errors_typed

logger = logging.getLogger(__name__)

_STATE = "delta_reader"
MAX_CELL = 200  # characters; bronze payloads are longer than anybody reads in a side panel
MAX_LIST = 600  # the evidence of a link names every comparison


def query(
    tables: Mapping[str, str], sql: str, *, versions: Mapping[str, int] | None = None
) -> list[dict[str, Any]] | None:
    """Rows that ``sql`` gives over Delta tables, in their published versions.

    Args:
        tables: the name of each table in the query, and its folder (local or ``abfss://``; credentials come
            from the ``AZURE_*`` environment variables, as for Sail).
        sql: one SELECT (DataFusion SQL). Its result comes into memory: aggregate or limit it.
        versions: by folder, as :func:`published_versions` gave them before, so that several queries see the same
            tables; without it those of now.

    Returns:
        One dictionary per row, or None when one of the tables is not there yet.

    Raises:
        DatasetError: ``deltalake`` is not installed, or the query fails.
    """
    _check_installed()
    import pyarrow as pa
    from deltalake import QueryBuilder

    if versions is None:
        versions = published_versions(tables.values())
    builder = QueryBuilder()
    for name, folder in tables.items():
        table = open_table(folder, versions.get(folder))
        if table is None:
            logger.info("No preview: there is no table at %s yet (kedro run writes it).", folder)
            return None
        builder.register(name, table)
    try:
        with errors_typed(next(iter(tables.values()), "")):
            rows: list[dict[str, Any]] = pa.table(builder.execute(sql).read_all()).to_pylist()
    except Exception as error:
        raise DatasetError(f"The query over {', '.join(tables)} failed: {error}") from error
    return rows


def literal(value: Any) -> str:
    """A value as a text in the SQL of :func:`query`."""
    return "'" + str(value).replace("'", "''") + "'"


def column_names(folder: str) -> list[str]:
    """The columns of a table; none where it is not there.

    Raises:
        DatasetError: ``deltalake`` is not installed.
    """
    _check_installed()
    table = open_table(folder, None)
    return [] if table is None else [field.name for field in table.schema().fields]


def published_versions(folders: Iterable[str]) -> dict[str, int]:
    """The version of each table, by its folder, that people are to see.

    Args:
        folders: of tables. Those that no manifest names are left out: they are read as they are.

    Raises:
        DatasetError: ``deltalake`` is not installed, or a manifest cannot be read.
    """
    _check_installed()
    found: dict[str, int] = {}
    manifests: dict[str, dict[str, Published]] = {}
    for folder in folders:
        place = split_table_path(folder)
        if place is None:
            continue
        root, name = place
        if root not in manifests:
            manifests[root] = manifest_of(root)
        if name in manifests[root]:
            found[folder] = manifests[root][name].version
    return found


def all_published(root: str) -> dict[str, int]:
    """The version of every table of a lakehouse, by ``<layer>/<table>``, as :func:`published_versions` has it."""
    return {name: table.version for name, table in manifest_of(root).items()}


def manifest_of(root: str) -> dict[str, Published]:
    """What the manifest of a lakehouse names, by ``<layer>/<table>``; nothing where there is none.

    Raises:
        DatasetError: ``deltalake`` is not installed, or the manifest cannot be read.
    """
    _check_installed()
    import pyarrow as pa

    table = open_table(manifest_folder(root), None)
    if table is None:
        return {}
    try:
        with errors_typed(root):
            return published_tables(pa.table(table.to_pyarrow_table()).to_pylist())
    except Exception as error:
        raise DatasetError(f"{manifest_folder(root)} cannot be read: {error}") from error


def open_table(folder: str, version: int | None) -> Any:
    """A table; None where there is none. A version that is gone (its folder was begun anew) is not insisted on."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    if "://" in folder.removeprefix("file://"):
        process_state(_STATE)["has_read_from_onelake"] = True
    try:
        with errors_typed(folder):
            table = DeltaTable(folder)
            if version is not None and version < table.version():
                table = DeltaTable(folder, version=version)
    except TableNotFoundError:
        return None
    return table


def has_read_from_onelake() -> bool:
    """Whether this process has read a table that is not on this machine's own disks."""
    return bool(process_state(_STATE).get("has_read_from_onelake"))


def _check_installed() -> None:
    try:
        import deltalake  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise DatasetError(
            f"Previews need a package that is not installed ({error.name}). "
            "Install it with: pip install 'customer_360[viz]' (in the project: make install)."
        ) from error


def first_rows(
    folder: str, limit: int, *, mask: Callable[[str, Any], Any] = lambda _, value: value
) -> dict[str, list[Any]] | None:
    """The first rows of a table as Kedro-Viz shows them.

    Args:
        folder: of the table.
        limit: how many rows.
        mask: what is shown of a column's value.

    Returns:
        ``{"index", "columns", "data"}`` with cells that JSON can hold, blank for null, or None when the table
        is absent or has no row.

    Raises:
        DatasetError: ``deltalake`` is not installed, or the table cannot be read.
    """
    rows = query({"preview": folder}, f"SELECT * FROM preview LIMIT {int(limit)}")  # noqa: S608
    if not rows:
        return None
    return {
        "index": list(range(len(rows))),
        "columns": list(rows[0]),
        "data": [[_cell(mask(name, value)) for name, value in row.items()] for row in rows],
    }


def _cell(value: Any) -> str | int | float | bool:
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else ""  # NaN is not JSON
    if isinstance(value, list | dict):
        return _shorten(_words(value), MAX_LIST)
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ", "seconds") if hasattr(value, "hour") else value.isoformat())
    return _shorten(str(value))


def _words(nested: list[Any] | dict[str, Any]) -> str:
    """A list or a struct for people; a struct's first field names it, as in evidence (comparison, level, weight)."""
    if isinstance(nested, list):
        between = "; " if any(isinstance(item, dict) for item in nested) else ", "
        return between.join(str(_cell(item)) for item in nested)
    parts = (
        f"{value:.2f}" if isinstance(value, float) and math.isfinite(value) else str(_cell(value))
        for value in nested.values()
    )
    name, *values = [part or "-" for part in parts]
    return f"{name.replace('_', ' ')}: {' | '.join(values)}" if values else name


def _shorten(text: str, most: int = MAX_CELL) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
