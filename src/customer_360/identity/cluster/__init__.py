"""Scored pairs to persons: components, linkage, consensus, and records that know too little."""

from .components import connected_components
from .grouping import group_records

__all__ = [
    "connected_components",
    "group_records",
]
