"""The run report: what became of every record, from silver to customers, as rows that a report can show."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import DataFrame

from customer_360.linking import ReportLine
from customer_360.reporting.totals import Customers
from customer_360.schemas import RUN_REPORT

RUN_REPORT_SCHEMA = RUN_REPORT.ddl
ALL_SOURCES = "all"


def run_report(quality: DataFrame, links: Iterable[ReportLine], customers: Customers) -> DataFrame:
    """Extend the quality report by linking and totals. Holds no time and no run id: same data, same rows.

    Args:
        quality: ``silver_quality_report``.
        links: what became of each source's records, as ``(source, metric, reason, records)``.
        customers: the reconciled totals.

    Returns:
        ``source, metric, reason, records``: the rows of the quality report; ``linked``, ``linked_by``
        (reason: the method) and ``unlinked`` (reason: why); ``customers`` (source ``all``); ``total`` and
        ``unlinked_total`` (reason: the measure), where ``total`` is over all silver records.
    """
    lines: list[ReportLine] = [*links, (ALL_SOURCES, "customers", None, customers.count)]
    for total in customers.totals:
        lines.append((total.source, "total", total.measure, total.silver))
        lines.append((total.source, "unlinked_total", total.measure, total.unlinked))
    added = quality.sparkSession.createDataFrame(lines, RUN_REPORT_SCHEMA)
    return quality.select("source", "metric", "reason", "records").unionAll(added)
