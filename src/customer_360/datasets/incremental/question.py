"""What a source is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from customer_360.datasets.incremental.times import Raw
from customer_360.lakehouse import AddedFile, TableMark


class CannotAskError(Exception):
    """A source cannot be asked for just what changed this time; says why. It can be asked for all."""


@dataclass(frozen=True)
class Question:
    """What a source is asked for: all, where neither ``since`` nor ``files`` is there.

    Attributes:
        why: why all, in words.
        since: records that changed then or later, UTC; the overlap is taken off.
        known: the last change that is known.
        example: that time, as the source writes it.
        kind: type of the column, of an SQL source.
        files: what was added to a Delta table since the version that was read last.
        version: the version of a Delta table that is read.
    """

    why: str = ""
    since: datetime | None = None
    known: datetime | None = None
    example: Raw | None = None
    kind: str = ""
    files: tuple[AddedFile, ...] | None = None
    version: TableMark | None = None

    @property
    def is_for_all(self) -> bool:
        """Whether all records are asked for."""
        return self.since is None and self.files is None
