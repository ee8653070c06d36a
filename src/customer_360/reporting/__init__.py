"""What a run reports: totals that must agree, the run report, and its history over runs."""

from .report_rows import ALL_SOURCES, run_report
from .run_history import (
    CHANGED,
    COUNTED_FROM,
    DELETED,
    EVENT,
    NEW,
    NEWLY_QUARANTINED,
    count_changes,
    history_rows,
    last_published,
)
from .totals import reconcile_totals

__all__ = [
    "ALL_SOURCES",
    "CHANGED",
    "COUNTED_FROM",
    "DELETED",
    "EVENT",
    "NEW",
    "NEWLY_QUARANTINED",
    "count_changes",
    "history_rows",
    "last_published",
    "reconcile_totals",
    "run_report",
]
