"""Silver to gold: who is who, what we know of them, how they behave, and ``customer_360``."""

from .pipeline import create_pipeline

__all__ = [
    "create_pipeline",
]
