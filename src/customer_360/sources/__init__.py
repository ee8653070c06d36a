"""The registry of source systems. A new source is one module here and one entry in :data:`REGISTERED`."""

from __future__ import annotations

from .base import Source, chosen, typed_records
from .crm import CRM
from .erp import ERP
from .marketing import MARKETING
from .support import SUPPORT

REGISTERED: tuple[Source, ...] = (CRM, ERP, MARKETING, SUPPORT)
SOURCES = chosen(REGISTERED)

__all__ = ["REGISTERED", "SOURCES", "Source", "typed_records"]
