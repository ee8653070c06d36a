"""What the audit's texts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
"""A row of a table, by column."""

Record = tuple[str, str]
"""Source and key of a record."""
