r"""Cleaning as ``Column -> Column``: one value in, its standard form (or null) out.

Nothing here raises on a bad value, also not where ANSI mode is on, and every function gives the same
result on Sail and on JVM Spark. Regular expressions keep to what Rust and Java share: no look-around,
``\z`` for the end, explicit character ranges.
"""

from .address import country_code, postal_code
from .dates import date
from .email import email, is_valid_email
from .names import full_name, person_name, split_name
from .numbers import coordinate_pair, coordinates, count
from .phone import phone
from .text import blank_to_null, composed, tags, tidy
from .vocabulary import UNKNOWN, term

__all__ = [
    "UNKNOWN",
    "blank_to_null",
    "composed",
    "coordinate_pair",
    "coordinates",
    "count",
    "country_code",
    "date",
    "email",
    "full_name",
    "is_valid_email",
    "person_name",
    "phone",
    "postal_code",
    "split_name",
    "tags",
    "term",
    "tidy",
]
