"""Upserts into a Delta table by SQL MERGE, which all engines have."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kedro.io.core import DatasetError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


_GONE = "_gone"


def upsert(
    rows: DataFrame, table_path: str, keys: Sequence[str], *, touched: DataFrame | None = None
) -> None:
    """Replace the rows of a table that have the same keys as ``rows``, and add the others, in one commit.

    Columns that the table lacks are added first, and those that are texts in ``rows`` alone become texts in the table,
    in a commit of their own that changes no value. Columns that ``rows`` lack stay as they are where a row is
    replaced, and are null where one is added.

    Args:
        rows: unique by ``keys``.
        table_path: the table, which is there.
        keys: columns of both, never null.
        touched: keys (unique, all those of ``rows`` among them) whose rows go where ``rows`` has none of the key.

    Raises:
        DatasetError: a column has another type in the table, and ``rows`` does not have it as text.
    """
    spark = rows.sparkSession
    table = spark.read.format("delta").load(table_path)
    texts = _become_texts(table, rows, table_path)
    if texts or set(rows.columns) - set(table.columns):
        _rewrite(table, rows, texts, table_path)
    view = f"rows_{uuid.uuid4().hex}"
    _with_gone(rows, touched, keys).createOrReplaceTempView(view)
    try:
        spark.sql(_merge(rows.columns, table_path, view, keys, may_go=touched is not None))
    finally:
        spark.catalog.dropTempView(view)


def _become_texts(table: DataFrame, rows: DataFrame, table_path: str) -> list[str]:
    """Columns of the table that ``rows`` has as text: any value can be written as one."""
    kinds = {field.name: field.dataType.simpleString() for field in table.schema.fields}
    found = {field.name: field.dataType.simpleString() for field in rows.schema.fields}
    others = [name for name in kinds if name in found and kinds[name] != found[name]]
    if lost := [name for name in others if found[name] != "string"]:
        said = ", ".join(f"'{name}' is {found[name]}, in the table {kinds[name]}" for name in lost)
        raise DatasetError(f"{table_path}: columns of another type cannot be added: {said}.")
    return others


def _rewrite(table: DataFrame, rows: DataFrame, texts: Sequence[str], table_path: str) -> None:
    """Write the table again with more columns, or wider ones: Sail 0.7 has no ALTER TABLE ADD COLUMNS."""
    wider = table.withColumns({name: table[name].cast("string") for name in texts}) if texts else table
    wider = wider.unionByName(rows.limit(0), allowMissingColumns=True)
    wider.write.format("delta").mode("overwrite").option("overwriteSchema", "true").save(table_path)


def _with_gone(rows: DataFrame, touched: DataFrame | None, keys: Sequence[str]) -> DataFrame:
    """The rows, and one of nothing but its key for each that goes."""
    from pyspark.sql import functions as F

    if touched is None:
        return rows
    there = rows.withColumn(_GONE, F.lit(False))
    marked = there.join(touched.select(*keys), list(keys), "right")
    return marked.select(*rows.columns, F.col(_GONE).isNull().alias(_GONE))


def _merge(columns: Sequence[str], table_path: str, view: str, keys: Sequence[str], *, may_go: bool) -> str:
    quoted = [f"`{name}`" for name in columns]
    condition = " AND ".join(f"t.`{key}` = s.`{key}`" for key in keys)
    changes = ", ".join(f"t.{name} = s.{name}" for name in quoted)
    goes = f"WHEN MATCHED AND s.`{_GONE}` THEN DELETE " if may_go else ""
    comes = f" AND NOT s.`{_GONE}`" if may_go else ""
    return (
        f"MERGE INTO delta.`{table_path}` AS t USING {view} AS s ON {condition} "  # noqa: S608
        f"{goes}WHEN MATCHED THEN UPDATE SET {changes} "
        f"WHEN NOT MATCHED{comes} THEN INSERT ({', '.join(quoted)}) VALUES ({', '.join(f's.{q}' for q in quoted)})"
    )
