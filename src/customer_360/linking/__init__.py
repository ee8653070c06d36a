"""Silver records of all sources to the customers they belong to: who is a customer, what stays unlinked, and why."""

from .customers import customer_id
from .idle_rules import tell_idle_rules
from .links import LinkingConfigurationError, Links, check_linking, customers_of_records
from .persons import RESOLVED_METHOD, all_representatives, clustered_records, decided_persons, person_records
from .reconciliation import ReportLine, reconcile_links
from .resolve_and_link import resolve_records

__all__ = [
    "RESOLVED_METHOD",
    "LinkingConfigurationError",
    "Links",
    "ReportLine",
    "all_representatives",
    "check_linking",
    "clustered_records",
    "customer_id",
    "customers_of_records",
    "decided_persons",
    "person_records",
    "reconcile_links",
    "resolve_records",
    "tell_idle_rules",
]
