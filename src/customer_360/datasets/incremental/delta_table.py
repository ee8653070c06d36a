"""What changed in a Delta table: by the time in a column, or by the data files of its new versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from customer_360.datasets.incremental.question import CannotAskError, Question
from customer_360.datasets.incremental.settings import IncrementalSettings
from customer_360.datasets.incremental.times import counts_a_second, wall_clock
from customer_360.engine import spark_session, try_cast, union
from customer_360.lakehouse import AddedFile, engine_path

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_NUMBERS = ("byte", "short", "integer", "long", "float", "double", "decimal")
_TIMES = ("timestamp", "timestamp_ntz", "date", "string")
# The engines' readers take these in a path for a pattern.
_PATTERN = frozenset("*?[]{}")


class PinnedTable(Protocol):
    """A dataset of a Delta table."""

    @property
    def table_path(self) -> str:
        """Its folder."""

    def pin(self, version: int, rows: int | None = None) -> None:
        """Load this version from now on."""

    def load(self) -> Any:
        """The table."""


class DeltaChanges:
    """Reads of a Delta table what is asked for."""

    def __init__(self, dataset: PinnedTable, settings: IncrementalSettings) -> None:
        """Args: dataset: of the table. settings: how it is asked."""
        self._dataset, self._settings = dataset, settings

    def frame(self, asked: Question) -> DataFrame:
        """The rows that are asked for.

        Raises:
            CannotAskError: its data files, or the type of the column, do not allow it.
        """
        if asked.version is not None:
            self._dataset.pin(asked.version.version)
        table: DataFrame = self._dataset.load()
        if asked.files is not None:
            return self._of_files(table, asked.files)
        return table if asked.since is None else table.where(self._condition(table, asked))

    def _of_files(self, table: DataFrame, files: tuple[AddedFile, ...]) -> DataFrame:
        """Rows of these files: a file of the table has its columns, but for those that it is divided by."""
        from pyspark.sql import functions as F

        folders: dict[tuple[tuple[str, str | None], ...], list[str]] = {}
        for file in files:
            if _PATTERN & set(file.path) or "://" in file.path or file.path.startswith("/"):
                raise CannotAskError("its new data files have names that cannot be read one by one")
            folders.setdefault(file.partition, []).append(f"{self._dataset.table_path}/{file.path}")
        parts = [table.limit(0)]
        for partition, paths in folders.items():
            rows = spark_session().read.parquet(*[engine_path(path) for path in paths])
            divided = dict(partition)
            if {*rows.columns, *divided} != set(table.columns):
                raise CannotAskError("its data files have other columns than it has (mapped columns)")
            columns = [
                (F.lit(divided[one.name]) if one.name in divided else F.col(f"`{one.name}`"))
                .cast(one.dataType)
                .alias(one.name)
                for one in table.schema.fields
            ]
            parts.append(rows.select(*columns))
        return union(parts)

    def _condition(self, table: DataFrame, asked: Question) -> Column:
        """Rows that changed since, and those of which it cannot be told."""
        from pyspark.sql import functions as F

        assert asked.since is not None
        name = str(self._settings.field)
        found = {one.name: one.dataType.typeName() for one in table.schema.fields}.get(name)
        if found is None:
            raise CannotAskError(f"there is no column '{name}' any more")
        if found not in _NUMBERS + _TIMES:
            raise CannotAskError(f"its column '{name}' is of the type {found}, which tells no time")
        column, wall = F.col(f"`{name}`"), wall_clock(asked.since, self._settings.zone)
        if found in _NUMBERS:
            assert isinstance(asked.example, int | float | str)
            least = F.lit(asked.since.timestamp()) * counts_a_second(float(asked.example))
            return F.coalesce(column >= least, F.lit(True))
        if found == "timestamp":
            return F.coalesce(column >= F.lit(asked.since).cast("timestamp"), F.lit(True))
        if found == "string":  # with or without a time zone: never later than either
            text = min(asked.since.replace(tzinfo=None), wall).isoformat()
            earlier = try_cast(column, "timestamp") >= F.lit(f"{text}Z").cast("timestamp")
            return F.coalesce(earlier, F.lit(True))
        return F.coalesce(column >= F.lit(wall.isoformat(" ")).cast(found), F.lit(True))
