"""The packaged project inside a Fabric notebook."""

from .maintenance import maintain
from .notebook import CONF_ARCHIVE, RunFailedError, run
from .summary import Summary

__all__ = [
    "CONF_ARCHIVE",
    "RunFailedError",
    "Summary",
    "maintain",
    "run",
]
