"""What the generated systems add up to: counted in plain Python over their files, as a check of what runs made."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_360.sample_sources.files import ERP_COLUMNS, SampleFiles


@dataclass(frozen=True)
class Totals:
    """Totals over the usable records of all systems.

    Attributes:
        posts: with a key, and with no count below zero.
        views: of these posts.
        tickets: with a key.
        customers: users of the CRM with a key and a name or an e-mail address, and customer numbers of the ERP that
            none of them has; what a run makes of them is fewer, because it finds who is there twice.
    """

    posts: int
    views: int
    tickets: int
    customers: int


def expected_totals(systems: Path) -> Totals:
    """Count one folder of generated files, record by record; holds the keys of customers."""
    files = SampleFiles.within(systems)
    posts = views = 0
    for post in _json_lines(files.marketing_posts):
        counts = [post["views"] or 0, *(post["reactions"] or {}).values()]
        if "id" in post and min(counts) >= 0:
            posts, views = posts + 1, views + counts[0]
    tickets = sum(1 for ticket in _json_lines(files.support_tickets) if "ticket_id" in ticket)
    users = {user["id"] for user in _json_lines(files.crm_users) if _is_somebody(user)}
    others: set[int] = set()
    without_number = 0
    for number in _customer_numbers(files.erp_customers):
        without_number += number is None
        if number is not None and number not in users:
            others.add(number)
    return Totals(posts, views, tickets, len(users) + len(others) + without_number)


def _customer_numbers(path: Path) -> Iterator[int | None]:
    """Of each row that has all its fields: the digits of the customer number."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        for row in rows:
            if len(row) == len(ERP_COLUMNS):
                digits = re.search(r"\d+", row[0])
                yield int(digits.group()) if digits else None


def _is_somebody(user: dict[str, Any]) -> bool:
    values = (user["firstName"], user["lastName"], user["email"])
    return "id" in user and any((value or "").strip() for value in values)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file that has one on each line, of an array as well."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text = line.strip().removesuffix(",")
            if text.startswith("{"):
                yield json.loads(text)
