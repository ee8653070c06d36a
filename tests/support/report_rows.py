"""Rows of a run's report, of what it changed, and of the report before."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]


def row(source: str, metric: str, reason: str | None, records: int) -> dict[str, Any]:
    return {"source": source, "metric": metric, "reason": reason, "records": records}


REPORT = [
    row("crm", "bronze", None, 1_514),
    row("crm", "quarantined", None, 3),
    row("crm", "error", "no_identity", 1),
    row("crm", "error", "missing_key", 2),
    row("crm", "warning", "invalid_phone", 251),
    row("erp", "bronze", None, 17),
    row("erp", "quarantined", None, 0),
    row("erp", "warning", "missing_name", 42),
    row("erp", "warning", "repeated_key", 0),
    row("all", "customers", None, 508),
]
CHANGED = [
    row("crm", "new", None, 12),
    row("crm", "deleted", None, 1),
    row("erp", "changed", None, 2),
    row("all", "identity_event", "created", 3),
    row("all", "identity_event", "merged", 1),
    row("all", "identity_event", "left", 2),
    row("all", "counted_from", "before", 0),
]
BEFORE = [
    row("crm", "quarantined", None, 1),
    row("erp", "quarantined", None, 4),
    row("crm", "warning", "invalid_phone", 250),
    row("all", "customers", None, 506),
]
