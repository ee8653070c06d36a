"""What changes in a record of each source, and under which keys new records come."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

Record = Any  # a JSON value, or the fields of a CSV row

_NOBODY = 90_000_000  # keys from here on mean, in the samples, nobody
_KEYS = {
    "crm_users": {"id": "crm_users"},
    "marketing_posts": {"id": "marketing_posts", "userId": "crm_users"},
    "support_tickets": {"ticket_id": "support_tickets"},
}
_STREETS = ("Oak", "Mill", "Harbour", "Station", "Chapel", "Meadow")
_STREET = 2


def _change_user(user: Record, random: Random) -> bool:
    """Another e-mail address, another street, or another phone number."""
    what = random.choice(("email", "street", "phone"))
    if what == "street" and user.get("address"):
        user["address"]["address"] = f"{random.randrange(1, 9_999)} New {random.choice(_STREETS)} Street"
    elif what == "phone":
        user["phone"] = f"+1 415-{random.randrange(200, 999)}-{random.randrange(10_000):04d}"
    else:
        user["email"] = f"moved.{random.getrandbits(48):x}@example.org"
    return True


def _change_row(row: Record, random: Random) -> bool:
    """Another house number and street; nothing of a row with too few fields."""
    if len(row) <= _STREET:
        return False
    row[_STREET] = f"{random.randrange(1, 9_999)} New {random.choice(_STREETS)} Street"
    return True


def _change_post(post: Record, random: Random) -> bool:
    """More views, some of them with a like."""
    more = random.randrange(1, 500)
    post["views"] = abs(post.get("views") or 0) + more
    if post.get("reactions"):
        post["reactions"]["likes"] += random.randrange(more)
    return True


def _change_ticket(ticket: Record, random: Random) -> bool:
    """A ticket is closed, or opened again; nothing of what is no ticket."""
    if not isinstance(ticket, dict):
        return False
    ticket["status"] = "open" if ticket["status"] == "closed" else "closed"
    return True


CHANGES: dict[str, Callable[[Record, Random], bool]] = {
    "crm_users": _change_user,
    "erp_customers": _change_row,
    "marketing_posts": _change_post,
    "support_tickets": _change_ticket,
}


def renumbered(source: str, record: Record, last: dict[str, int]) -> Record:
    """A generated record, with keys behind those that are there.

    Args:
        source: of the record.
        record: as it was generated, with keys from 1 on; it is changed.
        last: the highest key that each source has.
    """
    if source == "erp_customers":
        behind = partial(_behind, last_user=last["crm_users"])
        return [re.sub(r"[1-9]\d*", behind, record[0]), *record[1:]]
    if isinstance(record, dict):
        for key, of in _KEYS[source].items():
            if isinstance(record.get(key), int) and record[key] < _NOBODY:
                record[key] += last[of]
    return record


def _behind(number: re.Match[str], *, last_user: int) -> str:
    key = int(number.group())
    return str(key + last_user if key < _NOBODY else key)
