"""What is checked before a run writes anything: its options, the configuration's names, rules and linking."""

from .provided import CHECKED, check_configuration, check_key_fields, known_fields, read_configuration
from .run_options import (
    refuse_sources_without_address,
    refuse_unknown_environment,
    refuse_unknown_names,
    refuse_what_cannot_work,
    refuse_what_was_in_memory,
)
from .sample_lakehouse import enter, lakehouse_of, own_lakehouse

__all__ = [
    "CHECKED",
    "check_configuration",
    "check_key_fields",
    "enter",
    "known_fields",
    "lakehouse_of",
    "own_lakehouse",
    "read_configuration",
    "refuse_sources_without_address",
    "refuse_unknown_environment",
    "refuse_unknown_names",
    "refuse_what_cannot_work",
    "refuse_what_was_in_memory",
]
