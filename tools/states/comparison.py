"""Whether two tables are the same, and what differs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tools.states.differences import described
from tools.states.tables import Table

Row = tuple[Any, ...]


@dataclass
class Outcome:
    """What a comparison found.

    Attributes:
        is_same: nothing differs, or floats by no more than was allowed.
        said: in one line.
        details: lines about what differs.
    """

    is_same: bool
    said: str
    details: list[str] = field(default_factory=list)


def compare(before: Table, after: Table, *, tolerance: float = 0.0, show_values: bool = False) -> Outcome:
    """Compare columns, types, their order, and rows in any order.

    Args:
        before: a table.
        after: the same table of the other state.
        tolerance: by which floats may differ, relative to the larger one.
        show_values: examples show values as they are.
    """
    about = columns_differ(before.columns, after.columns)
    common = [name for name in before.columns if name in after.columns]
    old, new = (Counter(_projected(table, common)) for table in (before, after))
    gone, come = list((old - new).elements()), list((new - old).elements())
    gone, come, largest = near(gone, come, tolerance)
    counts = [f"{len(after.rows):,} {'row' if len(after.rows) == 1 else 'rows'}"]
    if len(before.rows) != len(after.rows):
        counts = [f"{len(before.rows):,} rows before and {len(after.rows):,} after"]
    if gone or come:
        counts += [f"{len(gone):,} only before, {len(come):,} only after"]
    if largest:
        counts += [f"floats differ by up to {largest:.3g}, relatively"]
    is_same = not (about or gone or come)
    said = ", ".join([*(["same"] if is_same else ["differs"]), *counts])
    return Outcome(is_same, said, [*about, *described(common, gone, come, show_values=show_values)])


def columns_differ(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """A line for each difference of names, types and order."""
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    lines = [f"columns only before: {', '.join(gone)}"] if gone else []
    lines += [f"columns only after: {', '.join(come)}"] if come else []
    common = [name for name in before if name in after]
    lines += [
        f"type of {name}: {before[name]} before, {after[name]} after"
        for name in common
        if before[name] != after[name]
    ]
    order = [name for name in after if name in before]
    moved = [name for name, other in zip(common, order, strict=True) if name != other]
    return lines + ([f"order of columns: differs from {moved[0]} on"] if moved else [])


def near(gone: list[Row], come: list[Row], tolerance: float) -> tuple[list[Row], list[Row], float]:
    """Pair rows that differ in nothing but floats.

    Returns:
        the rows of both sides without pairs within the tolerance, and the largest relative difference of any pair.
    """
    groups: dict[Any, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((gone, come)):
        for row in rows:
            floats: list[float] = []
            groups[_without_floats(row, floats)][side].append((floats, row))
    left: tuple[list[Row], list[Row]] = ([], [])
    largest = 0.0
    for olds, news in groups.values():
        if len(olds) == len(news):
            for old, new in zip(
                sorted(olds, key=lambda one: one[0]), sorted(news, key=lambda one: one[0]), strict=True
            ):
                difference = max(map(_relative, old[0], new[0]), default=0.0)
                largest = max(largest, difference)
                if difference > tolerance:
                    left[0].append(old[1])
                    left[1].append(new[1])
        else:
            left[0].extend(row for _, row in olds)
            left[1].extend(row for _, row in news)
    return *left, largest


def _without_floats(value: Any, floats: list[float]) -> Any:
    """The value with a mark for each float; these are added to the list."""
    if isinstance(value, float):
        floats.append(value)
        return float
    return tuple(_without_floats(item, floats) for item in value) if isinstance(value, tuple) else value


def _relative(one: float, other: float) -> float:
    return abs(one - other) / max(abs(one), abs(other)) if one != other else 0.0


def _projected(table: Table, columns: list[str]) -> list[Row]:
    names = list(table.columns)
    if names == columns:
        return table.rows
    places = [names.index(name) for name in columns]
    return [tuple(row[place] for place in places) for row in table.rows]
