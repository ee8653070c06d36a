"""Base of the source datasets: read a source to its end, stage it, and only then hand out a Spark frame."""

from __future__ import annotations

import atexit
import logging
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io.core import AbstractDataset, DatasetError

from customer_360.datasets.declared_fields import DeclaredFields, FieldsToKeep
from customer_360.datasets.errors import IncompletePull
from customer_360.datasets.incremental import IncrementalPull
from customer_360.datasets.staging import (
    Leftovers,
    Staged,
    new_folder,
    remove_abandoned,
    remove_folder,
    stage,
    staging_place,
)
from customer_360.engine import Pull
from customer_360.lakehouse import engine_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]

_leftovers = Leftovers()
atexit.register(_leftovers.remove_all)


def remove_leftovers() -> None:
    """Remove what this process has staged, where it ends without the interpreter's own way to do so."""
    _leftovers.remove_all()


class StagedSourceDataset(AbstractDataset[Any, Any]):
    """A source that is read as a stream of records and loads as a Spark frame over staged files.

    ``load()`` gives ``payload STRING`` (one record as canonical JSON, without blocked fields) and
    ``origin STRING`` (where it came from): a frame, or, with ``loads_pull``, a :class:`~customer_360.engine.Pull` with
    that frame, as ingestion reads it. Spark is lazy, so the staged files stay until ``release()``.

    Attributes:
        progress: called with the records received so far and the announced total (None: unknown), while
            a load goes on; set it to show progress.
    """

    _SINGLE_PROCESS = True  # the staged folders are remembered in this process

    def __init__(
        self,
        *,
        staging: str | Mapping[str, Any],
        blocked_fields: Collection[str],
        kept: FieldsToKeep,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Check and keep what all sources have in common.

        Args:
            staging: folder for staged files, or ``{path: ..., storage_options: {...}}`` (fsspec options).
            blocked_fields: names of fields that are never written, at any depth.
            kept: the other fields.
            metadata: anything; Kedro ignores it, kedro-viz reads it.

        Raises:
            DatasetError: a value that is not of this form.
        """
        self._staging, self._staging_options = staging_place(staging)
        fields, leave_out = kept.fields or (), kept.leave_out or ()
        lists = {"blocked_fields": blocked_fields, "fields": fields, "leave_out": leave_out}
        for what, names in lists.items():
            if isinstance(names, str) or not all(isinstance(name, str) for name in names):
                raise DatasetError(f"{what} of {type(self).__name__} must be a list of names.")
        self._blocked_fields = tuple(blocked_fields)
        self._declared = DeclaredFields(
            fields, leave_out=leave_out, keep_others=kept.keep_other_fields, blocked=blocked_fields
        )
        self._folders: list[str] = []
        self._held: DataFrame | Pull | None = None
        self._loads_pull = False  # but just its frame; subclasses say it
        self._changes: IncrementalPull | None = None  # of a source that is asked for changes only
        self.metadata = metadata
        self.progress: Progress | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that records are said to have; none where nobody says it."""
        return self._declared.names

    @property
    @abstractmethod
    def origin(self) -> str:
        """Where the records come from, as it may be shown and stored."""

    @abstractmethod
    def _records(self) -> Iterator[object]:
        """Read the source once, from the start to its end; raise SourceError if that end is not reached."""

    def load(self) -> DataFrame | Pull:
        """Read the source and return ``payload STRING, origin STRING``, one row per record; or that as a pull.

        A source that changes while it is read, or whose pages do not add up, is read once more, at once.

        Raises:
            IncompletePull: it did not add up the second time either. Nothing stays staged then.
            SourceError: the source cannot be read in full.
        """
        if self._held is not None:
            return self._held
        if self._changes is not None:
            return self._changes.pull(self._pulled)
        return Pull(self._pulled()) if self._loads_pull else self._pulled()

    def _pulled(self) -> DataFrame:
        remove_abandoned(self._staging, self._staging_options)
        folder = new_folder(self._staging)
        self._folders.append(folder)
        _leftovers.add(folder, self._staging_options)
        try:
            staged = self._stage(folder)
            self._tell(staged)
            return self._frame(staged)
        except BaseException:
            self._remove([folder])
            raise

    def hold(self) -> None:
        """Pull the source now, and give what was read to whoever loads it until it is released."""
        self._held = self.load()

    def look_again(self) -> DataFrame | None:
        """A second look at a source in which known records are missing, before they count as deleted.

        Returns:
            A second, independent reading, or None where it would show the same.

        Raises:
            SourceError: the source cannot be read.
        """
        return None

    @property
    def may_look_again(self) -> bool:
        """Whether :meth:`look_again` could show anything else."""
        return False

    @property
    def unfinished_record(self) -> str | None:
        """Payload of a record of the last load that may be half of one; None where there is no doubt."""
        return None

    def _stage(self, folder: str) -> Staged:
        try:
            return self._stage_once(folder)
        except IncompletePull as error:
            first = str(error)
        logger.warning("%s Reading it once more, now.", first)
        try:
            return self._stage_once(folder)
        except IncompletePull as error:
            failure = type(error)(f"{first} Read once more at once: {error}")
        raise failure

    def _stage_once(self, folder: str) -> Staged:
        if self._changes is not None:
            self._changes.begin()
        return stage(
            self._records(),
            folder,
            blocked_fields=self._blocked_fields,
            storage_options=self._staging_options,
        )

    def save(self, data: Any) -> NoReturn:
        """Refuse: a source is read only.

        Raises:
            DatasetError: always.
        """
        raise DatasetError(f"{type(self).__name__} ({self.origin}) is read only: sources are never written.")

    def _frame(self, staged: Staged) -> DataFrame:
        from pyspark.sql import functions as F
        from pyspark.sql.types import StringType, StructField, StructType

        from customer_360.engine import spark_session

        schema = StructType([StructField("payload", StringType()), StructField("origin", StringType())])
        spark = spark_session()
        if not staged.paths:
            return spark.createDataFrame([], schema)
        lines = spark.read.text([engine_path(path) for path in staged.paths])
        # to(schema): a literal is NOT NULL on Sail, and a Delta table would inherit that
        return lines.select(F.col("value").alias("payload"), F.lit(self.origin).alias("origin")).to(schema)

    def _release(self) -> None:
        self._held = None
        self._remove(list(self._folders))

    def _remove(self, folders: Iterable[str]) -> None:
        for folder in folders:
            remove_folder(folder, self._staging_options)
            _leftovers.discard(folder)
            self._folders.remove(folder)

    def _tell(self, staged: Staged) -> None:
        if note := self._declared.tell():
            logger.log(
                logging.INFO if self._declared.keeps_all else logging.WARNING, "%s: %s.", self.origin, note
            )
        if staged.marked:
            faults = "; ".join(f"{number:,} {fault}" for fault, number in sorted(staged.faults.items()))
            logger.warning(
                "%s: %s of %s records had values that cannot be kept as they came, and were kept without them "
                "(rule unreadable_value): %s.",
                self.origin,
                f"{staged.marked:,}",
                f"{staged.records:,}",
                faults,
            )

    def _report(self, received: int, total: int | None) -> None:
        if self.progress is not None:
            self.progress(received, total)
