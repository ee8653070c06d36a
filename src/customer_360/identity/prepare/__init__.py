"""Records to features: every attribute in the one form in which it is compared, and how common its values are."""

from .feature_columns import OF_MAILBOX_AND_NAMES, feature_names, features
from .normalise import comparable_value, without_tag
from .placeholders import is_nothing
from .term_frequencies import (
    BINS,
    FREQUENCIES,
    FREQUENCY_SCHEMA,
    Frequencies,
    count_records,
    with_frequencies,
    with_known_frequencies,
)

__all__ = [
    "BINS",
    "FREQUENCIES",
    "FREQUENCY_SCHEMA",
    "OF_MAILBOX_AND_NAMES",
    "Frequencies",
    "comparable_value",
    "count_records",
    "feature_names",
    "features",
    "is_nothing",
    "with_frequencies",
    "with_known_frequencies",
    "without_tag",
]
