"""Several frames as one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame


def union(frames: Sequence[DataFrame]) -> DataFrame:
    """Union by name of frames, columns that some lack being null."""
    return reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), frames)
