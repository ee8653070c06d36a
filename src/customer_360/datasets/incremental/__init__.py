"""Sources that are asked for changes only: since when, of what, and whether the answer can be believed."""

from .delta_table import DeltaChanges
from .pull import IncrementalPull
from .question import CannotAskError
from .settings import IncrementalOptions, IncrementalSettings
from .sql_rows import SqlChanges, is_sql, kind_of_column
from .watermark import WatermarkDataset

__all__ = [
    "CannotAskError",
    "DeltaChanges",
    "IncrementalOptions",
    "IncrementalPull",
    "IncrementalSettings",
    "SqlChanges",
    "WatermarkDataset",
    "is_sql",
    "kind_of_column",
]
