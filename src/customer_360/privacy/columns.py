"""Which columns hold values of persons: all but those that are known to hold none.

So a column that somebody adds tomorrow is masked until :mod:`customer_360.schemas` says that it holds none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customer_360.privacy.masking import masked
from customer_360.schemas import BRONZE, TABLES, declared, silver_of_source

# Names of columns that hold none in the tables that are declared, whichever other table has one of that name.
_NAMES = frozenset(
    column.name for table in (*TABLES, BRONZE, silver_of_source("")) if table.personal
    for column in table.columns if not (column.personal or column.optional)
)  # fmt: skip
# The same in silver tables of sources.
_OF_SOURCES = frozenset(
    {"user_key", "category", "priority", "status", "tags", "published_date", "created_date"}
)
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
    known = declared(table)
    if known is not None and not known.personal:
        return False
    if column in _NAMES or column in _OF_SOURCES or column.endswith(_ENDS):
        return False
    # the customer's number in a system, as the records' own keys are
    return not (table.startswith("gold/") and column.endswith("_key"))
