"""Rules for rows, the reconciliation by which no row is lost, and whether a source still has its shape."""

from .reconciliation import ReconciliationError, SourceTables, reconcile_bronze_and_silver
from .rules import RuleError, check_rules
from .shape import SourceShapeError, check_shape

__all__ = [
    "ReconciliationError",
    "RuleError",
    "SourceShapeError",
    "SourceTables",
    "check_rules",
    "check_shape",
    "reconcile_bronze_and_silver",
]
