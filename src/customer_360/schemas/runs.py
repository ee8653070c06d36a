"""Tables about runs: what they counted, and what they published."""

from __future__ import annotations

from .table import Table, technical

_REPORT = (
    technical("source", "STRING", "Source system of the records; `all` where it is about customers."),
    technical("metric", "STRING", "What was counted."),
    technical("reason", "STRING", "Why, or of what kind."),
    technical("records", "BIGINT", "Number of records."),
)

QUALITY_REPORT = Table(
    "silver/quality_report",
    "The quality part of gold/run_report.",
    keys=("source", "metric", "reason"),
    columns=_REPORT,
    personal=False,
)

RUN_REPORT = Table(
    "gold/run_report",
    "What the last run read, quarantined and linked, per source and reason.",
    keys=("source", "metric", "reason"),
    columns=_REPORT,
    personal=False,
)

RUN_REPORT_HISTORY = Table(
    "gold/run_report_history",
    "What every run read, quarantined and linked, and what had changed since the run before: one set of rows per run.",
    keys=("run_id", "source", "metric", "reason"),
    columns=(
        technical("run_id", "STRING", "Run that counted."),
        technical("run_time", "TIMESTAMP", "Start of that run, UTC."),
        *_REPORT[:3],
        technical("records", "BIGINT", "Number of records, or of events."),
    ),
    personal=False,
)

RUN_MANIFEST = Table(
    "gold/run_manifest",
    "Which versions of which tables belong together: what the last successful run published.",
    keys=("table",),
    columns=(
        technical("run_id", "STRING", "Run that published the tables."),
        technical("run_time", "TIMESTAMP", "Start of that run, UTC."),
        technical("published_at", "TIMESTAMP", "When the tables were published, UTC."),
        technical("table", "STRING", "Layer and name of the table."),
        technical("version", "BIGINT", "Delta version of the table."),
        technical("rows", "BIGINT", "Rows of the table in that version."),
    ),
    personal=False,
)
