"""A lakehouse as one place with one writer: its small files, its lease, what tables' folders say.

Knows files and Delta logs, and no domain; Kedro only where it is told about runs (``hooks``).
"""

from .ages import ABANDONED_SECONDS, is_abandoned
from .basis import Basis, read_basis, write_basis
from .checkpoint import add_checkpoints
from .data_files import is_rearrangement
from .delta_log import LOG_FOLDER, DamagedTableError, TableFolder
from .lease import Lease, LeaseError, take_lease
from .manifest import (
    MANIFEST_SCHEMA,
    MANIFEST_TABLE,
    Published,
    manifest_folder,
    manifest_rows,
    published_tables,
)
from .origin import read_origin, write_origin
from .owner import Owner
from .paths import (
    PathError,
    check_local_path,
    check_project_path,
    check_writable,
    current_lakehouse,
    engine_path,
    is_url,
    local_path,
    remove_links,
)
from .pointer import Pointer, Value
from .side_files import remove_all_but, remove_work, take_over
from .store import Store, StoreError, open_store
from .table_history import TableHistory, Token
from .table_marks import AddedFile, Additions, TableMark, additions_since, mark_of
from .table_place import split_table_folder, split_table_path, table_folder
from .table_survey import LakehouseDamagedError, TableState, judge, survey
from .versions import ChangedTableError, Versions

__all__ = [
    "ABANDONED_SECONDS",
    "LOG_FOLDER",
    "MANIFEST_SCHEMA",
    "MANIFEST_TABLE",
    "AddedFile",
    "Additions",
    "Basis",
    "ChangedTableError",
    "DamagedTableError",
    "LakehouseDamagedError",
    "Lease",
    "LeaseError",
    "Owner",
    "PathError",
    "Pointer",
    "Published",
    "Store",
    "StoreError",
    "TableFolder",
    "TableHistory",
    "TableMark",
    "TableState",
    "Token",
    "Value",
    "Versions",
    "add_checkpoints",
    "additions_since",
    "check_local_path",
    "check_project_path",
    "check_writable",
    "current_lakehouse",
    "engine_path",
    "is_abandoned",
    "is_rearrangement",
    "is_url",
    "judge",
    "local_path",
    "manifest_folder",
    "manifest_rows",
    "mark_of",
    "open_store",
    "published_tables",
    "read_basis",
    "read_origin",
    "remove_all_but",
    "remove_links",
    "remove_work",
    "split_table_folder",
    "split_table_path",
    "survey",
    "table_folder",
    "take_lease",
    "take_over",
    "write_basis",
    "write_origin",
]
