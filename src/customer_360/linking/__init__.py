"""Silver records of all sources to the customers they belong to: who is a customer, what stays unlinked, and why."""

from .customers import customer_id
from .idle_rules import tell_idle_rules
from .links import LinkingConfigurationError, check_linking
from .persons import RESOLVED_METHOD, all_representatives, decided_persons
from .reconciliation import reconcile_links
from .resolve_and_link import resolve_records

__all__ = [
    "RESOLVED_METHOD",
    "LinkingConfigurationError",
    "all_representatives",
    "check_linking",
    "customer_id",
    "decided_persons",
    "reconcile_links",
    "resolve_records",
    "tell_idle_rules",
]
