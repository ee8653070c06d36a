"""How customers behave, and one row per customer with all that is known of them."""

from .joined import PROFILE_COLUMNS, build_customer_360
from .marketing import MARKETING, marketing_metrics, post_measures
from .support import SUPPORT, support_metrics, ticket_measures

__all__ = [
    "MARKETING",
    "PROFILE_COLUMNS",
    "SUPPORT",
    "build_customer_360",
    "marketing_metrics",
    "post_measures",
    "support_metrics",
    "ticket_measures",
]
