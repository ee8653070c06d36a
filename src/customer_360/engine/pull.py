"""What a source gave: its records, whether they are all that it has, and where the next pull may go on from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Pull:
    """One reading of a source.

    Attributes:
        records: ``payload STRING`` (one JSON record), ``origin STRING``.
        is_complete: they are all the records that the source has: what is missing is gone. False: they are those
            that changed since an earlier pull, and what is missing is as it was.
        watermark: what the next pull needs to ask for changes only, to be kept once the records are in bronze;
            None where it has to ask for all again.
        why: why it is complete or not, in words; blank for a source that is always asked for all.
    """

    records: DataFrame
    is_complete: bool = True
    watermark: Mapping[str, Any] | None = None
    why: str = ""

    @classmethod
    def of(cls, source: Pull | DataFrame) -> Pull:
        """The pull itself; a frame is one of all records."""
        return source if isinstance(source, Pull) else cls(source)
