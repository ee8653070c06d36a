"""The one door for intermediate results: a frame that is used twice is computed once, on any engine."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customer_360.lakehouse import engine_path

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


class Scratch:
    """Frames that belong to one resolution: each is computed once, and given up after it.

    On Sail, which has no cache, a kept frame is a Parquet table in a folder. On JVM Spark its rows stay with the
    executors, in memory or on their disks, and what follows plans from there (a local checkpoint): persisting it would
    keep all that it was made of in every later plan, and writing it would cost a job and the listing of files.
    """

    def __init__(self, folder: str) -> None:
        """Args: folder: where the engine may write; local, or a URL the engine knows."""
        self._place = folder.rstrip("/")
        self._numbers = itertools.count()
        self._with_executors: list[DataFrame] = []

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """The same rows, so that what follows starts from here, however often it does.

        JVM Spark makes the last stage of it when the first that uses it asks.
        """
        if not _is_in_jvm(frame):
            return self._written(frame, name)
        self._with_executors.append(frame.localCheckpoint(eager=False))
        return self._with_executors[-1]

    def _written(self, frame: DataFrame, name: str) -> DataFrame:
        """Write the frame and read it back. An empty frame makes no files on Sail: it is read with its schema."""
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

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *error: object) -> None:
        """What was kept has been used."""
        self.release()

    def release(self) -> None:
        """Let executors forget what was kept here: nobody uses it any more. Files stay (:meth:`remove`)."""
        while self._with_executors:
            frame: Any = self._with_executors.pop()
            frame._jdf.queryExecution().analyzed().rdd().unpersist(False)

    def remove(self) -> None:
        """Delete everything (local folders; elsewhere whoever owns the place does)."""
        self.release()
        if "://" not in self._place:
            shutil.rmtree(self._place, ignore_errors=True)


def _is_in_jvm(frame: DataFrame) -> bool:
    """Whether a JVM of this process runs the session; Sail, and any Spark behind Spark Connect, does not."""
    return hasattr(frame.sparkSession, "_jsparkSession")


class KeptTables(Scratch):
    """A folder of Parquet tables with names, that stay: for other processes, on any engine."""

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write the frame under this name, and read it back."""
        return self._written(frame, name)

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
