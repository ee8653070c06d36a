"""What only Kedro-Viz shows: no run imports or executes anything in here."""

from .picture import as_pictured, being_viewed

__all__ = [
    "as_pictured",
    "being_viewed",
]
