"""What not every Spark has, or not under one name: Spark 3.5 (Fabric Runtime 1.3), Spark 4, Spark Connect, Sail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructType


def try_cast(column: Column, data_type: str | DataType) -> Column:
    """``TRY_CAST``: the value as ``data_type``, null where it is none.

    Spark 3.5 has it in SQL only. Its plain cast does the same as long as ANSI mode is off, which the engine
    ``active`` sees to.
    """
    if has_try_cast():
        return column.try_cast(data_type)
    return column.cast(data_type)


def with_columns(frame: DataFrame, columns: Mapping[str, Column]) -> DataFrame:
    """``withColumns``, also of none, which Spark Connect does not take."""
    return frame.withColumns(dict(columns)) if columns else frame


def null_if(column: Column, value: Column) -> Column:
    """``NULLIF``: null where the column is ``value``, else the column."""
    if has_try_cast():
        return F.nullif(column, value)
    return F.when(column != value, column)  # Spark 3.5's nullif wants columns that are resolved already


def has_try_cast() -> bool:
    """Whether this Spark casts without failing in ANSI mode, too."""
    return hasattr(Column, "try_cast")


def schema_of(ddl: str) -> StructType:
    """The schema that a text such as ``source_key STRING, records BIGINT`` means."""
    parsed: Any
    if hasattr(StructType, "fromDDL"):
        parsed = StructType.fromDDL(ddl)
    else:
        from pyspark.sql.types import _parse_datatype_string  # asks the running session

        parsed = _parse_datatype_string(ddl)
    assert isinstance(parsed, StructType)
    return parsed
