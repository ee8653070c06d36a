"""Intermediate tables. Sail has no cache: a frame that is used twice is computed twice unless it is written."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer_360.lakehouse import engine_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


class Scratch:
    """A folder of Parquet files that belong to one resolution and are removed after it."""

    def __init__(self, folder: str) -> None:
        """Args: folder: where the engine may write; local, or a URL the engine knows."""
        self._place = folder.rstrip("/")
        self._numbers = itertools.count()

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write the frame and read it back, so that what follows starts from here.

        An empty frame makes no files on Sail: it is read with its schema.
        """
        path = self._path(name)
        schema = frame.schema
        # fast to write and to read, not small
        frame.write.mode("overwrite").option("compression", "snappy").parquet(path)
        return frame.sparkSession.read.schema(schema).parquet(path)

    @property
    def place(self) -> str:
        """The folder as the engine must be told."""
        return engine_path(self._place)

    def _path(self, name: str) -> str:
        return f"{self.place}/{next(self._numbers):03d}_{name}"

    def remove(self) -> None:
        """Delete everything (local folders; elsewhere whoever owns the place does)."""
        if "://" not in self._place:
            shutil.rmtree(self._place, ignore_errors=True)


class KeptTables(Scratch):
    """A folder of Parquet tables with names, that stay."""

    def read(self, spark: SparkSession, name: str, schema: StructType | str) -> DataFrame:
        """The table that was kept under this name, here or in another process, perhaps by another engine.

        Sail leaves no folder for an empty table, and JVM Spark does not read what is not there.
        """
        from pyspark.errors import AnalysisException

        try:
            return spark.read.schema(schema).parquet(self._path(name))
        except AnalysisException as error:
            if error.getCondition() != "PATH_NOT_FOUND":
                raise
            return spark.createDataFrame([], schema)

    def _path(self, name: str) -> str:
        return f"{self.place}/{name}"


@dataclass(frozen=True)
class RunState:
    """What a run leaves for the next one: a short text, and folders of :class:`KeptTables` that it names.

    Attributes:
        root: where the folders are.
        text: None if there is nothing (or nothing is to be kept).
        folders: names of the folders under the root that belong to the text.
        summary: what a person should know about this run.
        lost: why nothing of what an earlier run kept counts, in words; blank if it does, or if there was nothing.
        number: tells what was kept before from what others put in its place.
    """

    root: str
    text: str | None = None
    folders: frozenset[str] = frozenset()
    summary: str = ""
    lost: str = ""
    number: int = 0
