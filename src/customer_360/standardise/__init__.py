r"""Cleaning as ``Column -> Column``: one value in, its standard form (or null) out.

Nothing here raises on a bad value, also not where ANSI mode is on, and every function gives the same
result on Sail and on JVM Spark. Regular expressions keep to what Rust and Java share: no look-around,
``\z`` for the end, explicit character ranges.
"""

from .address import country_code, postal_code
from .dates import date, date_regex
from .distinct import map_text
from .emails import email, is_valid_email
from .names import PARTICLES, full_name, person_name, split_name
from .numbers import coordinate_pair, coordinates, count
from .phones import phone
from .text import FORMAT_CHARACTERS, SPACES, blank_to_null, composed, tags, tidy
from .vocabulary import UNKNOWN, term

__all__ = [
    "FORMAT_CHARACTERS",
    "PARTICLES",
    "SPACES",
    "UNKNOWN",
    "blank_to_null",
    "composed",
    "coordinate_pair",
    "coordinates",
    "count",
    "country_code",
    "date",
    "date_regex",
    "email",
    "full_name",
    "is_valid_email",
    "map_text",
    "person_name",
    "phone",
    "postal_code",
    "split_name",
    "tags",
    "term",
    "tidy",
]
