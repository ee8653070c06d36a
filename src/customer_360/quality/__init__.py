"""Rules for rows, the law that no row is lost, and whether a source still has its shape."""

from .conservation import ConservationError, SourceTables, check_conservation
from .rules import RuleError, check_rules
from .shape import SourceShapeError, check_shape

__all__ = [
    "ConservationError",
    "RuleError",
    "SourceShapeError",
    "SourceTables",
    "check_conservation",
    "check_rules",
    "check_shape",
]
