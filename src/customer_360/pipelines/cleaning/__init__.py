"""Bronze to silver: typed current rows, and a quarantine for what breaks a rule."""

from .pipeline import create_pipeline

__all__ = [
    "create_pipeline",
]
