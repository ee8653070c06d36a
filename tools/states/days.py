"""Sources on four days: records that change, come and go at each of them, and decisions of stewards."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

DAYS = (1, 2, 3, 4)
SERVED = {"users": "crm_users.jsonl", "posts": "marketing_posts.jsonl"}
LANDED = ("erp_customers.csv", "support_tickets.json", "identity_decisions.csv")
_DECISIONS = "decision,left_source,left_key,right_source,right_key,decided_by,decided_at,reason"
_ERP_COLUMNS = 7
# One record in so many, and which of them. What changes on the second and third day is little enough for a run to
# resolve only that, and what changes on the fourth is not; nothing is enough to stop a run.
_LATE, _GONE = (67, 3), (71, 5)
_CHANGED = {2: (61, 2), 3: (59, 4), 4: (5, 1)}
_Record = TypeVar("_Record")


def write_days(generated: Path, folder: Path) -> None:
    """Write the sources of each day.

    Args:
        generated: files as the generator of samples writes them, with their truth.
        folder: gets a folder ``1``, ``2`` and so on.
    """
    for day in DAYS:
        target = folder / str(day)
        target.mkdir(parents=True)
        for name, change in (("crm_users.jsonl", _user), ("marketing_posts.jsonl", _post)):
            records = [json.loads(line) for line in _lines(generated / name)]
            _write(target / name, map(json.dumps, of_day(records, day, change)))
        tickets = json.loads((generated / "support_tickets.json").read_text(encoding="utf-8"))
        _write(target / "support_tickets.json", [json.dumps(of_day(tickets, day, _ticket))])
        header, *rows = _lines(generated / "erp_customers.csv")
        _write(target / "erp_customers.csv", [header, *of_day(rows, day, _erp_row)])
        _write(target / "identity_decisions.csv", [_DECISIONS, *decisions(generated / "truth.csv", day)])


def of_day(records: list[_Record], day: int, change: Callable[[_Record, int], _Record]) -> list[_Record]:
    """The records that a source has on a day.

    Some come on the second day; some are gone on the second, and every other one of these is back on the third; some
    change on each, and stay changed.
    """
    found = []
    for number, record in enumerate(records):
        is_late = _is_one(number, _LATE) and day < DAYS[1]
        is_gone = _is_one(number, _GONE) and (day == DAYS[1] or (day > DAYS[1] and number % 2 == 1))
        changed_on = [one for one, which in _CHANGED.items() if one <= day and _is_one(number, which)]
        if not is_late and not is_gone:
            found.append(change(record, changed_on[-1]) if changed_on else record)
    return found


def decisions(truth: Path, day: int) -> list[str]:
    """Rows of the file of decisions: none on the first day; on the third, one of the second is withdrawn.

    Both split what belongs together and join what does not, and two rows cannot count.
    """
    keys: dict[str, dict[str, str]] = {}
    with truth.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] in {"crm", "erp"} and row["kind"] == "single" and row["source_key"]:
                keys.setdefault(row["person_id"], {}).setdefault(row["source"], row["source_key"])
    both = [found for found in keys.values() if len(found) > 1]
    crm, erp = ([found[source] for found in both] for source in ("crm", "erp"))
    apart = [f"different,crm,{crm[n]},erp,{erp[n]},ann,2026-03-0{n + 1},met both" for n in range(4)]
    together = [f"same,crm,{crm[n]},crm,{crm[n + 4]},bob,2026-03-0{n},moved and married" for n in (5, 6)]
    wrong = [f"same,crm,{crm[0]},crm,nobody,ann,2026-03-01,", "same,crm"]
    second = [*apart[:3], *together[:1], *wrong]
    third = [*apart[1:], *together]
    return {DAYS[0]: [], DAYS[1]: second}.get(day, third)


def _is_one(number: int, which: tuple[int, int]) -> bool:
    every, rest = which
    return number % every == rest


def _user(record: dict[str, Any], day: int) -> dict[str, Any]:
    """Every changed person moves; some marry or get another address of mail."""
    number = int(record["id"])
    home = record.get("address")
    changed = {
        **record,
        "address": {**(home if isinstance(home, dict) else {}), "address": f"{number + day} Later Street"},
    }
    if number % 2:
        changed["lastName"] = f"{record.get('lastName', '')}-Later"
    if number % 3 == 0:
        changed["email"] = f"later{number}@example.org"
    return changed


def _post(record: dict[str, Any], day: int) -> dict[str, Any]:
    return {**record, "views": 1000 * day}


def _ticket(record: Any, _: int) -> Any:
    return {**record, "status": "closed"} if isinstance(record, dict) else record


def _erp_row(line: str, day: int) -> str:
    fields = line.split(",")
    if len(fields) != _ERP_COLUMNS or '"' in line:
        return line  # a broken row stays broken in the same way
    return ",".join([*fields[:2], f"{day} Later Street", *fields[3:]])


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
