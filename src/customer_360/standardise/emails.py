"""E-mail addresses."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from .text import blank_to_null, tidy

_NAMED = r"^[^<>]*<([^<>]*)>[^<>]*\z"  # Given Family <mailbox>
_BEFORE = r"^(?:mailto:|[ \"'])+"
_AFTER = r"[ \"',;]+\z"

# RFC 5322's dot-atom at a DNS name of at least two labels, in ASCII: what mail systems really accept.
# Quoted local parts, IP literals and addresses outside ASCII (RFC 6531) count as not valid.
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_VALID = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})\z"
_LONGEST = 254  # RFC 5321, 4.5.3.1.3 (path without its brackets)
_LONGEST_LOCAL_PART = 64


def email(column: Column, placeholders: Iterable[str] = ()) -> Column:
    """The bare address: tidied, lower case, without ``mailto:``, display name, brackets and quotes.

    Null where nothing is left or it is one of ``placeholders``. The address may still be none, see
    :func:`is_valid_email`.
    """
    bare = F.regexp_replace(F.lower(tidy(column)), _NAMED, "$1")
    bare = F.regexp_replace(F.regexp_replace(bare, "[<>]", ""), _BEFORE, "")
    return blank_to_null(F.regexp_replace(bare, _AFTER, ""), placeholders)


def is_valid_email(address: Column) -> Column:
    """Whether an :func:`email` can be an address by its form; null for null."""
    local_part = F.length(F.substring_index(address, "@", 1))
    return address.rlike(_VALID) & (F.length(address) <= _LONGEST) & (local_part <= _LONGEST_LOCAL_PART)
