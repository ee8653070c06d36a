"""What a run has changed, as the summary tells it: read from the tables' own records of it, nothing is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from customer_360.datasets import DeltaTableDataset
from customer_360.reporting import COUNTED_FROM, count_changes

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from customer_360.sources import Source

HISTORY = "gold_run_report_history"

ReportRow = Mapping[str, Any]  # of the run report: source, metric, reason, records


@dataclass(frozen=True)
class RunChanges:
    """What has changed since the run before.

    Attributes:
        lines: ``source, metric, reason, records``, as :func:`customer_360.reporting.count_changes` counts them.
        before: the report of the run before; empty where there was none, or none is kept.
        since: id of that run; None for the first one.
        since_time: its start (UTC), where its report is kept.
        known: whether the run counted its changes at all.
        of_part: they are those of this run only, which was one of a part of the flow.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    before: list[dict[str, Any]] = field(default_factory=list)
    since: str | None = None
    since_time: str | None = None
    known: bool = False
    of_part: bool = False

    @property
    def since_text(self) -> str:
        """The run before, as people name it."""
        if self.since_time is not None:
            return f"the run of {self.since_time} UTC"
        return f"the run {self.since}" if self.since else "the beginning"


def read_changes(
    tables: Mapping[str, DeltaTableDataset], sources: tuple[Source, ...], run_id: str
) -> RunChanges:
    """What a run has changed.

    A run of the whole flow has counted it already, in the history of runs. Of a part of the flow, the change logs
    say what it has added to them.

    Args:
        tables: that the run wrote, by the name of their dataset.
        sources: all there are.
        run_id: id of the run.
    """
    history = tables.get(HISTORY)
    if history is not None:
        return _from_history(history.load(), run_id)
    logs = {s.name: tables[f"bronze_{s.table}"].load() for s in sources if f"bronze_{s.table}" in tables}
    if not logs:
        return RunChanges()
    counted = count_changes(logs, run_id=run_id, since=run_id)
    return RunChanges([row.asDict() for row in counted.collect()], known=True, of_part=True)


def _from_history(history: DataFrame, run_id: str) -> RunChanges:
    own = _rows(history, run_id)
    cut = next((row for row in own if row["metric"] == COUNTED_FROM), None)
    since = None if cut is None else cut["reason"]
    before = _rows(history, since) if since else []
    return RunChanges(own, before, since, before[0]["run_time"] if before else None, known=cut is not None)


def _rows(history: DataFrame, run_id: str) -> list[dict[str, Any]]:
    at = F.date_format("run_time", "yyyy-MM-dd HH:mm").alias("run_time")
    rows = history.where(F.col("run_id") == run_id).select(at, "source", "metric", "reason", "records")
    return [row.asDict() for row in rows.collect()]
