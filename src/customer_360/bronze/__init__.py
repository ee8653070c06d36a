"""Bronze as a change log: keys of records, what a pull changes, and the records as they are now."""

from .change_log import BRONZE_COLUMNS, current_records, latest_rows, without_deleted
from .keys import GIVEN, MADE_UP_END, REPEATED, given_key, key_kind, value_of
from .known_keys import KNOWN_KEYS_SCHEMA, known_keys, with_later
from .known_table import KnownTable
from .pull import ComparedPull, pull_changes
from .pull_check import RepeatedKeyError, SourceShrankError, check_pull

__all__ = [
    "BRONZE_COLUMNS",
    "GIVEN",
    "KNOWN_KEYS_SCHEMA",
    "MADE_UP_END",
    "REPEATED",
    "ComparedPull",
    "KnownTable",
    "RepeatedKeyError",
    "SourceShrankError",
    "check_pull",
    "current_records",
    "given_key",
    "key_kind",
    "known_keys",
    "latest_rows",
    "pull_changes",
    "value_of",
    "with_later",
    "without_deleted",
]
