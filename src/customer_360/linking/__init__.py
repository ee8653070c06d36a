"""Silver records of all sources to the customers they belong to: who is a customer, what stays unlinked, and why."""

from .customers import customer_id
from .idle_rules import tell_idle_rules
from .links import LinkingConfigurationError, check_linking, linked_to_persons
from .persons import RESOLVED_METHOD, all_representatives, decided_persons, person_records
from .reconciliation import ReportLine, reconcile_links

__all__ = [
    "RESOLVED_METHOD",
    "LinkingConfigurationError",
    "ReportLine",
    "all_representatives",
    "check_linking",
    "customer_id",
    "decided_persons",
    "linked_to_persons",
    "person_records",
    "reconcile_links",
    "tell_idle_rules",
]
