"""Errors of the source datasets, and how they may name a place without giving a secret away."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from kedro.io.core import DatasetError
from pydantic import ValidationError


class SourceError(DatasetError):
    """A source cannot be read; the message says which, what was expected and what came, never its records."""


class EncodingError(SourceError):
    """A file holds bytes that are no text in the encoding that it is said to have."""


class IncompletePull(SourceError):
    """A source was read but not, or not certainly, in full. Nothing of it may be kept."""


def public_url(url: str) -> str:
    """Return ``url`` without user-info, query and fragment: the part that may stand in logs and tables.

    Local paths come back as they are.
    """
    if "://" not in url:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.netloc.rpartition("@")[0]
    if parts.scheme in ("abfs", "abfss") and ":" not in user:
        host = parts.netloc  # abfss://container@account/path: a container, not a user
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def explain(error: ValidationError) -> str:
    """One line per misfit of a configuration, without the values that were given (they may be secrets)."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"]) or "configuration"
        lines.append(f"{where}: {problem['msg']}")
    return "; ".join(lines)
