"""Rules for rows, and the law that no row is lost."""

from .conservation import ConservationError, SourceTables, check_conservation
from .rules import RuleError, check_rules

__all__ = ["ConservationError", "RuleError", "SourceTables", "check_conservation", "check_rules"]
