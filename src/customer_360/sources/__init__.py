"""The registry of source systems. A new source is one module here and one entry in :data:`SOURCES`."""

from __future__ import annotations

from .base import Source, typed_records
from .crm import CRM
from .erp import ERP
from .marketing import MARKETING
from .support import SUPPORT

SOURCES: tuple[Source, ...] = (CRM, ERP, MARKETING, SUPPORT)

__all__ = ["SOURCES", "Source", "typed_records"]
