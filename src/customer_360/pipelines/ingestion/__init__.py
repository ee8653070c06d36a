"""Source to bronze: append what is new, changed or gone."""

from .pipeline import create_pipeline

__all__ = [
    "create_pipeline",
]
