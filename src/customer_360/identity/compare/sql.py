"""SQL of the model: which features a condition reads, and its form over a joined pair."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIDE = re.compile(r"\b([lr])\.([a-z_][a-z0-9_]*)")
_WORD = re.compile(r"'[^']*'|[a-z_][a-z0-9_]*", re.IGNORECASE)


def over_pairs(condition: str) -> str:
    """``l.email = r.email`` -> ``l_email = r_email``: the columns of a joined pair."""
    return _SIDE.sub(r"\1_\2", condition)


def columns_of_pair(conditions: Iterable[str]) -> set[str]:
    """Columns that conditions over ``l.`` and ``r.`` read."""
    return {match.group(2) for condition in conditions for match in _SIDE.finditer(condition)}


def columns_of_record(expression: str, known: Iterable[str]) -> set[str]:
    """Which of the ``known`` columns an expression over one record reads."""
    return set(_WORD.findall(expression)) & set(known)
