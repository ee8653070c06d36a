"""What maintenance has done, or would do, for people and for a pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from customer_360.foundation import counted
from customer_360.lakehouse import TableFolder

_KB = 1024


@dataclass(frozen=True)
class FolderSize:
    """Of a table's folder with its log.

    Attributes:
        files: how many.
        size: in bytes.
    """

    files: int
    size: int

    @classmethod
    def of(cls, folder: TableFolder) -> FolderSize:
        """As the folder was listed."""
        sizes = [*folder.data.values(), *folder.log.values()]
        return cls(len(sizes), sum(sizes))

    def __add__(self, other: FolderSize) -> FolderSize:
        return FolderSize(self.files + other.files, self.size + other.size)


@dataclass(frozen=True)
class MaintainedTable:
    """One table.

    Attributes:
        name: ``<layer>/<table>``.
        before, after: its folder.
        done: what was done, in words; nothing where it was left alone.
        left: why something was not done, in words; blank if there was nothing to gain.
    """

    name: str
    before: FolderSize
    after: FolderSize
    done: tuple[str, ...]
    left: str = ""


@dataclass(frozen=True, kw_only=True)
class MaintenanceReport:
    """All tables of a lakehouse.

    Attributes:
        root: of the lakehouse.
        tables: every table that is there.
        published: how many tables the manifest names in a new version.
        is_dry: nothing was done; ``done`` says what would be.
    """

    root: str
    tables: Sequence[MaintainedTable]
    published: int = 0
    is_dry: bool = False

    def lines(self, *, every_table: bool = False) -> list[str]:
        """For people. Args: every_table: also those that were left alone, and why."""
        done = [table for table in self.tables if table.done]
        left = [table for table in self.tables if not table.done or table.left]
        found = list(self._changed(done)) if done else [self._nothing()]
        if self.published:
            found.append(
                f"gold/run_manifest names the new versions of {counted(self.published, 'table')}; rows are the same."
            )
        if every_table:
            found += ["", "Left alone:", *_table([(one.name, one.left or "nothing to gain") for one in left])]
        elif reasons := [one for one in left if one.left]:
            found.append(
                f"Not all was done for {counted(len(reasons), 'table')} (--verbose says why): "
                f"{', '.join(one.name for one in reasons)}."
            )
        elif done and left:
            found.append(
                f"{counted(len(left), 'table has', 'tables have')} nothing to gain (--verbose: which)."
            )
        return found

    def to_json(self) -> str:
        """For ``notebookutils.notebook.exit``: numbers of the tables that changed, without anybody's data."""
        changed: Mapping[str, object] = {
            one.name: {
                "files": [one.before.files, one.after.files], "bytes": [one.before.size, one.after.size],
                "done": one.done,
            }
            for one in self.tables if one.done
        }  # fmt: skip
        left = {one.name: one.left for one in self.tables if one.left}
        content = {"status": "succeeded", "lakehouse": self.root, "changed": changed, "left": left}
        return json.dumps(content | {"published": self.published}, sort_keys=True)

    def _nothing(self) -> str:
        return (
            f"Nothing to do in {self.root}: none of its {counted(len(self.tables), 'table')} has small files to join, "
            "files to remove, or a log to shorten."
        )

    def _changed(self, done: Sequence[MaintainedTable]) -> Iterator[str]:
        before, after = (
            sum(sizes, FolderSize(0, 0)) for sizes in zip(*((t.before, t.after) for t in done), strict=True)
        )
        total = MaintainedTable("together", before, after, ())
        what = "would be done" if self.is_dry else "was done"
        header = ("table", "files", "kB", what)
        yield from _table([header, *(self._row(one) for one in (*done, total))])

    def _row(self, one: MaintainedTable) -> tuple[str, str, str, str]:
        files, sizes = f"{one.before.files:,}", _kilobytes(one.before)
        if not self.is_dry:
            files, sizes = f"{files} -> {one.after.files:,}", f"{sizes} -> {_kilobytes(one.after)}"
        return one.name, files, sizes, "; ".join(one.done)


def _kilobytes(size: FolderSize) -> str:
    return f"{size.size / _KB:,.0f}"


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns that stand below one another."""
    all_rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*all_rows, strict=True)]
    for row in all_rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
