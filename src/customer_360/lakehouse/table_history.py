"""What happened to a table since a version of it, read off its Delta log without an engine.

A version is remembered as a :data:`Token`: its number and a digest of its commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from customer_360.lakehouse.commits_since import commit_digest, commits_since
from customer_360.lakehouse.data_files import is_rearrangement
from customer_360.lakehouse.delta_log import TableFolder

Token = str

_DIGITS = 16


class TableHistory:
    """The versions of one table, looked at once."""

    def __init__(self, url: str) -> None:
        """Args: url: folder of the table, local or ``abfss://``; it need not be there."""
        self._folder = TableFolder.look(url)

    @property
    def token(self) -> Token | None:
        """The table as it is now; None where nothing was ever committed.

        Raises:
            DamagedTableError: a commit is missing or empty.
        """
        self._folder.check_log()
        last = self._folder.last_version
        return None if last is None else self._token_of(last)

    def is_unchanged_since(self, token: Token | None) -> bool:
        """Whether the table holds the rows that it held then: nothing but maintenance has been committed since."""
        return token is not None and self._changes_since(token) == []

    def appended_since(self, token: Token | None) -> list[str] | None:
        """The data files (full paths) that came since.

        Returns:
            None where the log does not tell: another table, a version whose commit is no longer there, or rows that
            were changed or removed.
        """
        changes = None if token is None else self._changes_since(token)
        if changes is None or any("add" not in change for change in changes):
            return None
        names = [unquote(change["add"]["path"]) for change in changes]
        if any("://" in name or name.startswith("/") for name in names):
            return None  # files of another table
        return [f"{self._folder.url}/{name}" for name in names]

    def _changes_since(self, token: Token) -> list[Mapping[str, Any]] | None:
        """Actions since that change rows or columns; None where the token is of no version that is there."""
        number, _, digest = token.partition("-")
        since = commits_since(self._folder, int(number), digest)
        return None if since.lost else [action for _version, action in since.actions if _changes_rows(action)]

    def _token_of(self, version: int) -> Token | None:
        digest = commit_digest(self._folder, version)
        return None if digest is None else f"{version}-{digest[:_DIGITS]}"


def _changes_rows(action: Mapping[str, Any]) -> bool:
    is_file = "add" in action or "remove" in action
    return "metaData" in action or (is_file and not is_rearrangement(action))
