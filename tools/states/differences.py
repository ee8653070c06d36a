"""What is said about rows that only one of two tables has: columns, and examples that show no values."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import Any

EXAMPLES = 3
_LOOKED_AT = 2000  # rows of each side; more would say the same
_KEY_COLUMNS = 8  # the first of a table, of which one or two may tell rows apart
Row = tuple[Any, ...]


def described(columns: list[str], gone: list[Row], come: list[Row], *, show_values: bool) -> list[str]:
    """Lines about rows: in which columns those of one key differ, and examples.

    Args:
        columns: names of the rows' values.
        gone: rows that only the state before has.
        come: rows that only the state after has.
        show_values: values as they are; otherwise letters and digits are put out of sight.
    """
    show = _shown if show_values else masked
    key = key_of(gone[:_LOOKED_AT], come[:_LOOKED_AT], len(columns))
    if not key:
        return [
            f"{sign} {_text(columns, row, show)}"
            for sign, rows in (("-", gone), ("+", come))
            for row in rows[:EXAMPLES]
        ]
    old, new = _by(key, gone), _by(key, come)
    pairs = [(row, new[value]) for value, row in old.items() if value in new]
    differing = Counter(
        name for pair in pairs for name, one, other in zip(columns, *pair, strict=True) if one != other
    )
    names = ", ".join(columns[place] for place in key)
    counts = ", ".join(f"{name} ({count:,})" for name, count in differing.most_common())
    lines = [f"{len(pairs):,} rows of the same {names} differ in: {counts}"]
    for one, other in pairs[:EXAMPLES]:
        changes = [
            f"{name}: {show(a)} -> {show(b)}"
            for name, a, b in zip(columns, one, other, strict=True)
            if a != b
        ]
        lines.append(f"  e.g. {'; '.join(changes)}")
    for words, ours, theirs in (("before", old, new), ("after", new, old)):
        alone = [row for value, row in ours.items() if value not in theirs]
        lines += [f"  only {words}: {_text(columns, row, show)}" for row in alone[:1]]
    return lines


def key_of(gone: list[Row], come: list[Row], width: int) -> tuple[int, ...]:
    """The places of one, two or four values by which most rows of one side find one of the other.

    Nothing when no rows find each other: then they have no more in common than their columns.
    """
    if not gone or not come:
        return ()
    first = range(min(width, _KEY_COLUMNS))
    candidates = [*combinations(first, 1), *combinations(first, 2), *combinations(first, 4)]
    best: tuple[int, ...] = ()
    most = (0, 0)
    for key in candidates:
        old, new = _by(key, gone), _by(key, come)
        if len(old) < len(gone) or len(new) < len(come):
            continue  # it does not tell rows apart
        found = [(row, new[value]) for value, row in old.items() if value in new]
        agreeing = sum(a == b for pair in found[:100] for a, b in zip(*pair, strict=True))
        if (len(found), agreeing) > most:
            best, most = key, (len(found), agreeing)
    return best


def masked(value: Any) -> str:
    """The shape of a value: letters as x, digits as 9."""
    return (
        re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", _shown(value))) if not _is_plain(value) else _shown(value)
    )


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool) or (isinstance(value, str) and value.startswith("<run "))


def _shown(value: Any) -> str:
    return "null" if value is None else str(value)


def _by(key: tuple[int, ...], rows: list[Row]) -> dict[Any, Row]:
    return {tuple(row[place] for place in key): row for row in rows}


def _text(columns: list[str], row: Row, show: Any) -> str:
    return ", ".join(
        f"{name}={show(value)}" for name, value in zip(columns, row, strict=True) if value is not None
    )
