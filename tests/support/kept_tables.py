"""Whether the tables of a lakehouse are those of before, when all that was changed has been changed back."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from support.canonical import canonical
from support.runs import RUN_COLUMNS, read, tables

# One row more per run, or per change; what was there stays as it was.
LOGS = ("bronze/", "gold/identity_events", "gold/identity_model")
HISTORY = "gold/customer_profile_history"
OF_A_RUN = RUN_COLUMNS | {"sequence", "event_id", "published_at"}


def check(
    before: dict[str, list[str]], after: dict[str, list[str]], *, left: frozenset[str] = frozenset()
) -> None:
    """The tables of before, and no other ones but those ``left`` by what was undone; logs have lost nothing."""
    assert set(after) == set(before) | left
    for name, rows in before.items():
        if name.startswith(LOGS):
            assert not Counter(rows) - Counter(after[name]), f"{name} lost rows"
        else:
            assert after[name] == rows, f"{name} is another one"


def rows_of(spark: SparkSession, lakehouse: Path) -> dict[str, list[str]]:
    """Every table's rows; of the history those that are current."""
    found = {name: read(spark, lakehouse, name) for name in tables(lakehouse)}
    found[HISTORY] = found[HISTORY].where("is_current")
    return {
        name: texts(row.asDict(recursive=True) for row in frame.collect()) for name, frame in found.items()
    }


def texts(rows: Any) -> list[str]:
    """As texts, without what is of one run, without nulls (a column that the table has had), to nine digits."""
    kept = ({k: rounded(v) for k, v in row.items() if k not in OF_A_RUN and v is not None} for row in rows)
    return sorted(json.dumps(canonical(row), sort_keys=True) for row in kept)


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    return value
