"""Which decisions can hold together: the last word counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from customer_360.stewardship.rows import Record

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

DecisionRow = dict[str, Any]


class _Accepted:
    """Decisions accepted so far: groups of records that are the same, and groups that are different."""

    def __init__(self) -> None:
        self._parent: dict[Record, Record] = {}
        self._apart: dict[Record, set[Record]] = {}  # by group: the groups that it differs from

    def group(self, record: Record) -> Record:
        root = record
        while (above := self._parent.get(root, root)) != root:
            root = above
        while (above := self._parent.get(record, record)) != root:
            self._parent[record], record = root, above
        return root

    def take(self, word: str, left: Record, right: Record) -> bool:
        """Accept a decision, unless those accepted say the opposite."""
        one, other = self.group(left), self.group(right)
        if word == "different":
            if one == other:
                return False
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)
            return True
        if other in self._apart.get(one, ()):
            return False
        if one != other:
            self._parent[other] = one
            for third in self._apart.pop(other, set()):
                self._apart[third].discard(other)
                self._apart[third].add(one)
                self._apart.setdefault(one, set()).add(third)
        return True


def apply_overrides(rows: Sequence[DecisionRow]) -> list[DecisionRow]:
    """Go through the decisions from the last to the first, and accept each that fits the later ones.

    Args:
        rows: checked decisions, ``left`` and ``right`` in order. Only those with status ``in_force`` take part.

    Returns:
        All rows, some of them with status ``superseded`` (a later row about the same pair) or ``contradicted``,
        and the problem in words. Of decisions of one time ``different`` comes first: to keep two persons apart
        is the smaller error. The order of the rows does not matter.
    """
    accepted = _Accepted()
    seen: dict[tuple[Record, Record], int | None] = {}  # the line of the row that counts
    outcome = []
    for given in sorted(rows, key=_last_first):
        row = given
        if row["status"] != "in_force":
            outcome.append(row)
            continue
        left, right = (row["left_source"], row["left_key"]), (row["right_source"], row["right_key"])
        if (left, right) in seen:
            line = "" if seen[left, right] is None else f" (line {seen[left, right]})"
            problem = f"a later row decides about the same two records{line}"
            row = row | {"status": "superseded", "problem": problem}
        elif not accepted.take(row["decision"], left, right):
            opposite = "the same" if row["decision"] == "different" else "different"
            row = row | {
                "status": "contradicted",
                "problem": f"later decisions, taken together, say that these two are {opposite}",
            }
        seen.setdefault((left, right), row.get("line"))
        outcome.append(row)
    return outcome


def _last_first(row: DecisionRow) -> tuple[float, int, str]:
    moment: datetime = row["decided_at"] or _LONG_AGO
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (
        -(moment - _LONG_AGO).total_seconds(),
        0 if row["decision"] == "different" else 1,
        repr(sorted(((name, value) for name, value in row.items() if name != "line"), key=str)),
    )
