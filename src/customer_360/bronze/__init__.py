"""Bronze as a change log: keys of records, what a pull changes, and the records as they are now."""

from .change_log import current_records, detect_changes, keyed_records, without_deleted
from .keys import GIVEN, MADE_UP_END, REPEATED, given_key, key_kind, value_of
from .partial_pull import check_partial_pull, without_missing
from .pull_check import RepeatedKeyError, SourceShrankError, check_pull

__all__ = [
    "GIVEN",
    "MADE_UP_END",
    "REPEATED",
    "RepeatedKeyError",
    "SourceShrankError",
    "check_partial_pull",
    "check_pull",
    "current_records",
    "detect_changes",
    "given_key",
    "key_kind",
    "keyed_records",
    "value_of",
    "without_deleted",
    "without_missing",
]
