"""Source systems: each is declared in one file, ``conf/base/sources/<name>.yml``. See docs/add-a-source.md."""

from __future__ import annotations

from .base import Source, typed_records
from .errors import SourceDeclarationError
from .registry import Registry

REGISTERED = Registry(only_chosen=False)
SOURCES = Registry(only_chosen=True)

__all__ = ["REGISTERED", "SOURCES", "Source", "SourceDeclarationError", "typed_records"]
