"""Python functions over columns, each distinct value of a batch once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F

# PySpark's own types do not have it.
_by_batches: Callable[[Callable[..., Any], str], Callable[[Column], Column]] = vars(F)["pandas_udf"]


def map_text(column: Column, convert: Callable[[str], str | None]) -> Column:
    """``STRING``: ``convert`` of each text; null stays null."""

    def each(values: pd.Series) -> pd.Series:
        known = {value: convert(value) for value in values.dropna().unique()}
        return pd.Series([known.get(value) for value in values], dtype=object)

    return _by_batches(each, "string")(column)


def map_struct(column: Column, convert: Callable[[str], tuple[Any, ...]], fields: dict[str, str]) -> Column:
    """``STRUCT`` of ``fields`` (name -> type): ``convert`` of each text; null becomes a struct of nulls."""
    names = list(fields)

    def each(values: pd.Series) -> pd.DataFrame:
        known = {value: convert(value) for value in values.dropna().unique()}
        nothing = (None,) * len(names)
        return pd.DataFrame([known.get(value, nothing) for value in values], columns=names, dtype=object)

    returns = ", ".join(f"{name} {kind}" for name, kind in fields.items())
    return _by_batches(each, returns)(column)
