"""Who sees values of persons, and what the others see instead."""

from customer_360.privacy.columns import is_personal, mask_of
from customer_360.privacy.frames import masked_frame
from customer_360.privacy.masking import Compared, compared, masked, masked_beside
from customer_360.privacy.shown import Setting, obey, shows_personal_values

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
