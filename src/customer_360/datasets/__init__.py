"""Where records come from and where tables are written: the datasets that the catalog names."""

from .csv_table import CsvRow, CsvTable
from .delta import DeltaTableDataset
from .delta_reader import (
    all_published,
    has_read_from_onelake,
    literal,
    manifest_of,
    open_table,
    published_versions,
    query,
)
from .derived_tables import DerivedTablesDataset, HandedOnDataset
from .encodings import checked_encoding
from .engine_catalog import EngineCatalog
from .errors import EncodingError, IncompletePull, SourceError
from .file_source import FileSourceDataset
from .incremental import IncrementalSettings, WatermarkDataset
from .model_file import ModelFileDataset
from .rest import RestSourceDataset
from .run_state import RunStateDataset
from .staged_source import StagedSourceDataset, remove_leftovers

__all__ = [
    "CsvRow",
    "CsvTable",
    "DeltaTableDataset",
    "DerivedTablesDataset",
    "EncodingError",
    "EngineCatalog",
    "FileSourceDataset",
    "HandedOnDataset",
    "IncompletePull",
    "IncrementalSettings",
    "ModelFileDataset",
    "RestSourceDataset",
    "RunStateDataset",
    "SourceError",
    "StagedSourceDataset",
    "WatermarkDataset",
    "all_published",
    "checked_encoding",
    "has_read_from_onelake",
    "literal",
    "manifest_of",
    "open_table",
    "published_versions",
    "query",
    "remove_leftovers",
]
