"""Whether a table is still what the rows that are about to be added to it were computed from."""

from __future__ import annotations

from customer_360.lakehouse.delta_log import last_version


class ChangedTableError(RuntimeError):
    """Somebody else wrote to a table between its reading and the writing of what was computed from it."""


class Versions:
    """The last versions of tables as a run knows them: as it first read them, or as it wrote them itself."""

    def __init__(self) -> None:
        self._known: dict[str, int | None] = {}

    def read(self, table: str) -> None:
        """Call before the first reading of a table. Args: table: its folder, local or ``abfss://``."""
        if table not in self._known:
            self._known[table] = last_version(table)

    def check(self, table: str) -> None:
        """Call before rows are added.

        Raises:
            ChangedTableError: the table was read at another version than its last.
        """
        if table not in self._known:
            return
        known, now = self._known[table], last_version(table)
        if known != now:
            raise ChangedTableError(
                f"{table.removeprefix('file://')} was read at {_version(known)} and is at {_version(now)} now: "
                "something else is writing to this lakehouse. What was computed from the former version was not added. "
                "Find out what writes there besides customer_360, then run again: the next run continues where this "
                "one stopped."
            )

    def written(self, table: str) -> None:
        """Call after the run has written to the table itself."""
        if table in self._known:
            self._known[table] = last_version(table)


def _version(number: int | None) -> str:
    return "no version" if number is None else f"version {number}"
