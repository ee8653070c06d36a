"""Numbers of sources and of pairs of sources: a pattern is scored together with the pair of sources it is from."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F


class SourceNumbers:
    """Numbers of sources and of pairs of sources, and how many pairs of records each pair of sources has.

    Args: counts: records of each source.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.records = sum(counts.values())
        self.number = {source: number for number, source in enumerate(sorted(counts))}
        self.all_pairs: dict[int, float] = {}
        self.pair_names: dict[int, str] = {}
        for one, n in counts.items():
            for two, m in counts.items():
                low, high = sorted((one, two))
                pair = self.number[high] * (self.number[high] + 1) // 2 + self.number[low]
                self.all_pairs[pair] = n * (n - 1) / 2 if one == two else float(n * m)
                self.pair_names[pair] = f"{low}|{high}"

    def number_of(self) -> Column:
        """Number of the record's source."""
        value = F.lit(0)
        for source, number in self.number.items():
            value = F.when(F.col("source") == source, F.lit(number)).otherwise(value)
        return value
