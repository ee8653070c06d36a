"""Rows of the decision file that were not obeyed, in sentences: which line, why, and what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog

from customer_360.datasets import FileSourceDataset
from customer_360.foundation import counted
from customer_360.lakehouse import is_url
from customer_360.stewardship import IN_FORCE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE, FILE, CROSSWALK = "gold_identity_decisions", "identity_decisions_source", "gold_customer_crosswalk"
MAX_LINES = 20


class DecisionHooks:
    """Says, as soon as they are checked, which rows of the decision file are not obeyed."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Args: say: tells people."""
        self._say = say
        self._catalog: DataCatalog | None = None

    @hook_impl
    def before_pipeline_run(self, catalog: DataCatalog) -> None:
        """Remember where the tables are."""
        self._catalog = catalog

    @hook_impl
    def after_dataset_saved(self, dataset_name: str) -> None:
        """The rows are checked before anything else is done with them."""
        if dataset_name == TABLE and self._catalog is not None and self._catalog.exists(FILE):
            for line in checked_lines(self._catalog):
                self._say(line)


def checked_lines(catalog: DataCatalog) -> list[str]:
    """What is wrong with rows of the decision file; nothing where all are good.

    Args:
        catalog: with ``gold_identity_decisions``, as this run has written it.
    """
    rows = _rows(catalog.load(TABLE))
    refused = [row for row in rows if row["status"] != IN_FORCE]
    return _lines(refused, len(rows), catalog)


def obeyed_lines(catalog: DataCatalog) -> list[str]:
    """As :func:`checked_lines`, and the decisions that today's customers do not show although they count."""
    rows = _rows(catalog.load(TABLE))
    if not rows:
        return []
    owners = _owners(rows, catalog.load(CROSSWALK))
    refused = []
    for row in rows:
        problem = row["problem"] if row["status"] != IN_FORCE else _contrary(row, owners)
        refused += [row | {"problem": problem}] if problem else []
    return _lines(refused, len(rows), catalog)


def _lines(refused: Sequence[dict[str, Any]], all_rows: int, catalog: DataCatalog) -> list[str]:
    if not refused:
        return []
    file = catalog.get(FILE)
    assert isinstance(file, FileSourceDataset)
    where = file.origin if is_url(file.origin) else file.origin.removeprefix("file://")
    of = f"{len(refused):,} of {counted(all_rows, 'row')}"
    lines = [f"Decisions that are not obeyed: {of} of {where}"]
    for row in sorted(refused, key=lambda row: (row["line"] or 0, row["problem"]))[:MAX_LINES]:
        number = "row" if row["line"] is None else f"line {row['line']}"
        lines.append(f"  {number}: {row['problem']}")
    if (more := len(refused) - MAX_LINES) > 0:
        lines.append(f"  and {more:,} more: column problem of gold/identity_decisions")
    return lines


def _rows(decisions: DataFrame) -> list[dict[str, Any]]:
    """People's decisions are few."""
    return [row.asDict() for row in decisions.collect()]


def _owners(rows: Sequence[dict[str, Any]], crosswalk: DataFrame) -> dict[tuple[str, str], str]:
    """Customers of the records that decisions are about."""
    spark = crosswalk.sparkSession
    records = sorted({record for row in rows if row["status"] == IN_FORCE for record in _records(row)})
    if not records:
        return {}
    wanted = spark.createDataFrame(records, "source STRING, source_key STRING")
    found = crosswalk.join(wanted, ["source", "source_key"]).select("source", "source_key", "customer_id")
    return {(row["source"], row["source_key"]): row["customer_id"] for row in found.collect()}


def _contrary(row: dict[str, Any], owners: dict[tuple[str, str], str]) -> str | None:
    """What today's customers say against a decision that counts; None where they follow it."""
    one, other = (owners.get(record) for record in _records(row))
    if row["decision"] == "same" and one != other:
        return (
            f"the records are not one customer: {one or 'none'} and {other or 'none'} (rules keep them apart)"
        )
    if row["decision"] == "different" and one is not None and one == other:
        return f"both records belong to customer {one}"
    return None


def _records(row: dict[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (row["left_source"], row["left_key"]), (row["right_source"], row["right_key"])
