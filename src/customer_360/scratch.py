"""Intermediate tables. Sail has no cache: a frame that is used twice is computed twice unless it is written."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class Scratch:
    """A folder of Parquet files that belong to one resolution and are removed after it."""

    def __init__(self, folder: str) -> None:
        """Args: folder: where the engine may write; local, or a URL the engine knows."""
        self._folder = folder.rstrip("/")
        self._numbers = itertools.count()

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write the frame and read it back, so that what follows starts from here.

        An empty frame makes no files on Sail: it is read with its schema.
        """
        path = f"{self._folder}/{next(self._numbers):03d}_{name}"
        schema = frame.schema
        frame.write.mode("overwrite").parquet(path)
        return frame.sparkSession.read.schema(schema).parquet(path)

    def remove(self) -> None:
        """Delete everything (local folders; elsewhere whoever owns the place does)."""
        if "://" not in self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
