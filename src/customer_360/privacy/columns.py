"""Which columns hold values of persons: all but those that are known to hold none.

So a column that somebody adds tomorrow is masked until it is named here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customer_360.privacy.masking import masked

# Tables of ids, numbers and words of the program.
_TECHNICAL = frozenset(
    {
        "silver/quality_report",
        *(
            f"gold/{name}"
            for name in (
                "customer_crosswalk", "customer_marketing_metrics", "customer_support_metrics", "identity_clusters",
                "identity_links", "identity_model", "identity_report", "run_manifest", "run_report",
                "run_report_history",
                "unlinked_records",
            )
        ),
    }
)  # fmt: skip
_NAMES = frozenset(
    {
        "customer_id", "other_customer_id", "left_customer_id", "right_customer_id", "event_id", "run_id", "source",
        "left_source", "right_source", "other_source", "source_key", "left_key", "right_key", "other_source_key",
        "user_key", "key_kind", "payload_hash", "operation", "origin", "event", "sequence", "decision", "status",
        "problem", "reason", "reasons", "warnings", "category", "priority", "tags", "top_tags", "rank", "doubt",
        "probability", "match_weight", "evidence", "left_records", "right_records", "records_if_linked", "line",
        "together", "valid_from", "valid_to", "published_date", "created_date", "engagement_rate", "country_code",
    }
)  # fmt: skip
_ENDS = ("_count", "_share", "_source", "_at", "_time", "_ticket_date", "_post_date")


def mask_of(table: str) -> Callable[[str, Any], Any]:
    """What a reader without a right to values sees of a table's cells.

    Args:
        table: ``<layer>/<table>``.

    Returns:
        A function of a column's name and a value: the value itself, or its mask.
    """

    def mask(column: str, value: Any) -> Any:
        return masked(value) if is_personal(table, column) and not isinstance(value, bool) else value

    return mask


def is_personal(table: str, column: str) -> bool:
    """Whether a column may hold values of persons."""
    if table in _TECHNICAL or column in _NAMES or column.endswith(_ENDS):
        return False
    # the customer's number in a system, as the records' own keys are
    return not (table.startswith("gold/") and column.endswith("_key"))
