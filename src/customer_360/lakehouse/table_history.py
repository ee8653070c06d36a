"""What happened to a table since a version of it, read off its Delta log without an engine.

A version is remembered as a :data:`Token`: its number and a digest of its commit. So a table that was begun anew, or
restored from a backup, is not taken for the one that was known, whatever its numbers are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

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
        number = int(token.partition("-")[0])
        last = self._folder.last_version
        if last is None or number > last or self._token_of(number) != token:
            return None
        commits = range(number + 1, last + 1)
        if not set(commits) <= set(self._folder.commits):
            return None
        found: list[Mapping[str, Any]] = []
        for version in commits:
            found += [action for action in self._folder.actions_of(version) if _changes_rows(action)]
        return found

    def _token_of(self, version: int) -> Token | None:
        content = self._folder.commit_of(version)
        return None if content is None else f"{version}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}"


def _changes_rows(action: Mapping[str, Any]) -> bool:
    """Compaction says of the files that it puts together that their rows are those that were there."""
    if "metaData" in action:
        return True
    return any((action.get(kind) or {}).get("dataChange") for kind in ("add", "remove"))
