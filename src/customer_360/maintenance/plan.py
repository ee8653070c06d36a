"""What pays for a table: where joining small files, or sorting by key, saves more than it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from customer_360.foundation import counted
from customer_360.parameters import MaintenanceParameters
from customer_360.schemas import IDENTITY_EVENTS, RUN_REPORT_HISTORY, declared

FEWEST_SMALL_FILES = 4  # joining fewer saves nobody anything
_SMALL = 0.25  # of the size that files should have
_UNSORTED_SHARE = 0.1  # of a table's bytes, in small files: then all of it is sorted anew
_MB = 1024 * 1024
_LOGS = {IDENTITY_EVENTS.name, RUN_REPORT_HISTORY.name}


@dataclass(frozen=True)
class Rearrangement:
    """Files of a table to be written anew, with the same rows.

    Attributes:
        sort_by: column to sort all rows by; blank: small files are joined, the others stay.
        target_bytes: size of the new files, about.
        small_files: how many are too small.
    """

    sort_by: str
    target_bytes: int
    small_files: int

    @property
    def said(self) -> str:
        """In words."""
        files = counted(self.small_files, "small file")
        return f"{files} sorted by {self.sort_by}" if self.sort_by else f"{files} joined"


def is_log(name: str) -> bool:
    """Whether a table only grows: nobody changes a row of it by its key. Args: name: ``<layer>/<table>``."""
    return name.startswith("bronze/") or name in _LOGS


def planned_rearrangement(
    name: str, sizes: Sequence[int], parameters: MaintenanceParameters
) -> Rearrangement | None:
    """How a table's files should be written anew; None where that does not pay.

    Args:
        name: ``<layer>/<table>``.
        sizes: of the data files of its last version, in bytes.
        parameters: which sizes files should have.
    """
    log = is_log(name)
    target = int((parameters.log_file_mb if log else parameters.keyed_file_mb) * _MB)
    small = [size for size in sizes if size < _SMALL * target]
    if len(small) < FEWEST_SMALL_FILES:
        return None
    table = declared(name)
    unsorted = sum(small) >= _UNSORTED_SHARE * sum(sizes)
    sort_by = _most_telling(table.keys) if table is not None and not log and unsorted else ""
    return Rearrangement(sort_by, target, len(small))


def _most_telling(keys: Sequence[str]) -> str:
    """The key with many values, beside one with few (``source``): by it alone, a file holds a range of keys.

    By several, Z-order spreads them: a key would be looked for in half of the files.
    """
    return next((key for key in keys if key.endswith(("_id", "_key"))), keys[0])
