"""Who sees values of persons, and what the others see instead."""

from .columns import is_personal, mask_of
from .frames import masked_frame
from .masking import Compared, compared, masked, masked_beside
from .shown import Setting, obey, shows_personal_values

__all__ = [
    "Compared",
    "Setting",
    "compared",
    "is_personal",
    "mask_of",
    "masked",
    "masked_beside",
    "masked_frame",
    "obey",
    "shows_personal_values",
]
