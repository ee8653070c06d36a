"""Source systems: each is declared in one file, ``conf/base/sources/<name>.yml``. See docs/add-a-source.md."""

from __future__ import annotations

from .base import Source, TypedChanges, chosen, typed_records
from .cleaning import DeclaredCleaning
from .compiled import DeclaredSource, in_order, with_declarations
from .declaration import read_declaration
from .entries import catalog_entry
from .errors import SourceDeclarationError
from .registry import Registry

REGISTERED = Registry(only_chosen=False)
SOURCES = Registry(only_chosen=True)

__all__ = [
    "REGISTERED",
    "SOURCES",
    "DeclaredCleaning",
    "DeclaredSource",
    "Registry",
    "Source",
    "SourceDeclarationError",
    "TypedChanges",
    "catalog_entry",
    "chosen",
    "in_order",
    "read_declaration",
    "typed_records",
    "with_declarations",
]
