"""What each run counted, run by run: its report, and what has changed since the run before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.reporting.report_rows import ALL_SOURCES, RUN_REPORT_SCHEMA
from customer_360.schemas import RUN_REPORT_HISTORY

RUN_HISTORY_SCHEMA = RUN_REPORT_HISTORY.ddl
COUNTED_FROM = "counted_from"
NEW, CHANGED, DELETED = "new", "changed", "deleted"
NEWLY_QUARANTINED, EVENT = "newly_quarantined", "identity_event"
_CHANGES = {"insert": NEW, "update": CHANGED, "delete": DELETED}


def history_rows(
    report: DataFrame,
    changes: DataFrame,
    history: DataFrame,
    *,
    run_id: str,
    run_time: datetime,
    since: str | None,
) -> DataFrame:
    """The rows that the history of runs lacks: all of this run's, or none if it has them.

    Args:
        report: ``source, metric, reason, records`` of this run (``gold_run_report``).
        changes: the same columns, as :func:`count_changes` returns them.
        history: the table as it is before, the columns of :data:`RUN_HISTORY_SCHEMA`.
        run_id: id of this run.
        run_time: start of this run, UTC.
        since: id of the run that the changes are counted from; None: from the beginning.

    Returns:
        The columns of :data:`RUN_HISTORY_SCHEMA`: the rows of ``report`` and of ``changes``, and one row ``all,
        counted_from`` whose reason is ``since``.
    """
    spark = report.sparkSession
    cut = spark.createDataFrame([(ALL_SOURCES, COUNTED_FROM, since, 0)], RUN_REPORT_SCHEMA)
    rows = reduce(DataFrame.unionByName, [report, changes, cut]).select(
        F.lit(run_id).alias("run_id"), F.lit(run_time).cast("timestamp").alias("run_time"),
        "source", "metric", "reason", "records",
    )  # fmt: skip
    known = history.where(F.col("run_id") == run_id).select("run_id").distinct()
    return rows.join(known, "run_id", "left_anti").select(*rows.columns)


def last_published(manifest: DataFrame) -> str | None:
    """Id of the run that published last, from ``gold_run_manifest``; None where none has."""
    row = manifest.select("run_id").first()
    return None if row is None else str(row["run_id"])


def count_changes(
    bronze: Mapping[str, DataFrame],
    *,
    quarantine: DataFrame | None = None,
    events: DataFrame | None = None,
    run_id: str,
    since: str | None,
) -> DataFrame:
    """Count what this run, and runs of parts of the flow since the last whole one, have written.

    Only rows that were written since are counted, by their run id, which sorts by time: the tables' files say which
    of them hold any.

    Args:
        bronze: change log of each source, by the source's name.
        quarantine: ``silver_quarantine``.
        events: ``gold_identity_events``.
        run_id: id of this run.
        since: id of the run from which on is counted, itself not; None: from the beginning.

    Returns:
        ``source, metric, reason, records``: ``new``, ``changed`` and ``deleted`` records of each source;
        ``newly_quarantined`` of each source, records that came or changed and are in quarantine; ``identity_event``
        (source ``all``; reason: the event). What has not happened has no row.
    """
    parts = [_counted(_since(log, run_id, since), F.lit(name), _change()) for name, log in bronze.items()]
    if quarantine is not None:
        parts.append(_counted(_since(quarantine, run_id, since), F.col("source"), F.lit(NEWLY_QUARANTINED)))
    if events is not None:
        written = _since(events, run_id, since)
        parts.append(_counted(written, F.lit(ALL_SOURCES), F.lit(EVENT), F.col("event")))
    return reduce(DataFrame.unionByName, parts)


def _since(rows: DataFrame, run_id: str, since: str | None) -> DataFrame:
    if since is None:
        return rows
    # this run's own id can be the lesser one: it may have waited for a run that was started after it
    return rows.where((F.col("run_id") > since) | (F.col("run_id") == run_id))


def _change() -> Column:
    return reduce(
        lambda column, item: column.when(F.col("operation") == item[0], F.lit(item[1])),
        _CHANGES.items(),
        F.when(F.lit(False), F.lit(None)),
    )


def _counted(rows: DataFrame, source: Column, metric: Column, reason: Column | None = None) -> DataFrame:
    told = F.lit(None) if reason is None else reason
    return (
        rows.select(
            source.cast("string").alias("source"),
            metric.cast("string").alias("metric"),
            told.cast("string").alias("reason"),
        )
        .groupBy("source", "metric", "reason")
        .agg(F.count(F.lit(1)).alias("records"))
    )
