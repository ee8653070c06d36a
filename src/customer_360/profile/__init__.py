"""What we know of a customer: each attribute from the best record that has it, and which source that was."""

from .golden_record import golden_profiles
from .history import changed_versions
from .records import ProfileConfigurationError, check_profile

__all__ = [
    "ProfileConfigurationError",
    "changed_versions",
    "check_profile",
    "golden_profiles",
]
