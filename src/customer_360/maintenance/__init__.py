"""What keeps a lakehouse as fast and small as it began: fewer files, sorted by key, none that nobody reads any more.

Rows stay as they are, and so do the versions that people read; commits of maintenance change no data (``dataChange``
is false in each of them).
"""

from .job import MaintenanceJob, maintain_lakehouse, release_maintenance_lease
from .report import MaintenanceReport

__all__ = [
    "MaintenanceJob",
    "MaintenanceReport",
    "maintain_lakehouse",
    "release_maintenance_lease",
]
