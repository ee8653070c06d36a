"""The maintenance of one table: fewer files, none that nobody reads, a short log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from kedro.io.core import DatasetError

from customer_360.foundation import counted
from customer_360.lakehouse import LOG_FOLDER, Published, Store, TableFolder, TableState
from customer_360.maintenance.commits import (
    Content,
    commit_time,
    content_since,
    expired_log_files,
    is_readable,
)
from customer_360.maintenance.plan import planned_rearrangement
from customer_360.maintenance.report import FolderSize, MaintainedTable
from customer_360.maintenance.tools import TableTools
from customer_360.parameters import MaintenanceParameters

_Result = TypeVar("_Result")
CHECKPOINT_EVERY = 10  # commits, as Delta does by itself on Spark
_UNPUBLISHED = "holds changes that no run has published yet, so files of former versions stay"


class TableWork:
    """One table, which only the holder of the lease changes.

    Attributes:
        state: as it was found.
        published: as the manifest names it; None where it does not.
    """

    def __init__(
        self,
        state: TableState,
        published: Published | None,
        *,
        store: Store,
        tools: TableTools,
        parameters: MaintenanceParameters,
        before_writing: Callable[[], None] | None,
    ) -> None:
        """Nothing is done yet.

        Args:
            before_writing: called before each change, to stop where the lease is lost; None: nothing is changed,
                and what would be is noted.
        """
        self.state, self.published = state, published
        self._store, self._tools, self._parameters = store, tools, parameters
        self._before_writing = before_writing
        self._url = state.folder.url
        self._done: list[str] = []
        self._left: list[str] = []

    def rearrange(self) -> None:
        """Join small files, or sort all by key, where that pays."""
        sizes = [file.size for file in self.state.files.values()]
        wanted = planned_rearrangement(self.state.name, sizes, self._parameters)
        if wanted is not None:
            self._do(wanted.said, partial(self._tools.rearrange, self._url, wanted))

    def content(self) -> Content:
        """What has happened since the version that was published."""
        if self.published is None:
            return "same"
        return content_since(self.look(), self.published.version)

    def remove_old_files(self) -> None:
        """VACUUM; what the published version needs stays, however old it is."""
        hours, folder = self._parameters.retention_hours, self.look()
        keep = self.published.version if self.published else None
        if self.content() == "changed" and not self._tools.keeps_versions:
            self._left.append(_UNPUBLISHED)
            return
        if keep is not None and not is_readable(folder, keep):
            keep = None  # nothing of it can be read any more
        found = self._try("VACUUM", partial(self._tools.removable, self._url, hours, keep))
        if count := len({path.rpartition("/")[2] for path in found} & set(folder.data)):
            self._do(
                f"{counted(count, 'old file')} removed", partial(self._tools.vacuum, self._url, hours, keep)
            )

    def shorten_log(self) -> None:
        """A checkpoint of a log that has grown, and no entries before the newest one that is old enough."""
        folder = self.look()
        needed = self._needed(folder)
        grown = needed - max(folder.checkpoints, default=-1) >= CHECKPOINT_EVERY
        if grown and self._tools.writes_checkpoints:
            self._do("checkpoint", partial(self._tools.checkpoint, self._url, needed))
            folder = self.look()
        expired = expired_log_files(
            folder,
            needed=needed,
            cutoff=datetime.now(UTC) - timedelta(hours=self._parameters.log_retention_hours),
            committed=partial(commit_time, folder),
        )
        if expired:
            self._do(
                f"{counted(len(expired), 'log entry', 'log entries')} removed",
                partial(self._remove_log_files, expired),
            )

    def look(self) -> TableFolder:
        """The folder as it is now."""
        return TableFolder.look(self._url)

    def report(self) -> MaintainedTable:
        """What was done."""
        before = FolderSize.of(self.state.folder)
        after = FolderSize.of(self.look()) if self._done and self._before_writing else before
        return MaintainedTable(self.state.name, before, after, tuple(self._done), "; ".join(self._left))

    def _needed(self, folder: TableFolder) -> int:
        """The version that must stay readable: what was published, or else the last one."""
        last = folder.last_version or 0
        if self.published is None or not is_readable(folder, self.published.version):
            return last
        return self.published.version

    def _remove_log_files(self, names: list[str]) -> None:
        """The oldest first: what is left when this is interrupted is a log without gaps."""
        for name in names:
            self._store.remove(f"Tables/{self.state.name}/{LOG_FOLDER}/{name}")

    def _do(self, said: str, change: Callable[[], object]) -> None:
        if self._before_writing is not None:
            self._before_writing()
            self._try(said, change)
        self._done.append(said)

    def _try(self, said: str, change: Callable[[], _Result]) -> _Result:
        try:
            return change()
        except Exception as error:
            raise DatasetError(
                f"{self.state.name} ({self.state.place}): {said}: this failed ({type(error).__name__}: {error}). The "
                "table is as it was, and what was done before stays. Run kedro maintain again."
            ) from error
