"""Four small source systems that change from run to run."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

from support.runs import run_project

from customer_360.sample_sources.api import LoopbackApi

NAMES = ["Ann", "Bea", "Cleo", "Dora", "Eva", "Fay", "Gwen", "Hope", "Iris", "Jane"]
FAMILIES = ["Archer", "Baker", "Carter", "Draper", "Farmer"]
ERP_COLUMNS = ["cust_number", "full_name", "street", "city", "postal_code", "lat_lng", "tax_id"]
WORDS = ["history", "crime", "love", "magic"]


def user(number: int) -> dict[str, Any]:
    given, family = NAMES[number % 10], FAMILIES[number // 10 % 5]
    return {
        "id": number, "firstName": given, "lastName": family, "email": f"{given}.{family}{number}@example.org".lower(),
        "gender": "female", "birthDate": f"19{50 + number}-{number % 12 + 1}-{number % 28 + 1}",
        "address": {"address": f"{number + 1} {family} Road", "city": f"Town {number}",
                    "postalCode": f"{20000 + number}"},
    }  # fmt: skip


def erp_row(number: int) -> dict[str, str]:
    of = user(number)
    return {
        "cust_number": str(number), "full_name": f"{of['firstName']} {of['lastName']}",
        "street": of["address"]["address"], "city": of["address"]["city"], "postal_code": of["address"]["postalCode"],
        "lat_lng": "1.5 : 2.5", "tax_id": f"AB{1000 + number}",
    }  # fmt: skip


def post(number: int, of: int) -> dict[str, Any]:
    return {
        "id": number, "title": f"t{number}", "tags": WORDS[: number % 3], "userId": of, "views": 10 * number,
        "reactions": {"likes": number, "dislikes": 1},
    }  # fmt: skip


def ticket(number: int, of: int) -> dict[str, Any]:
    return {
        "ticket_id": f"T{number}", "email": user(of)["email"], "category": "billing", "status": "open",
        "priority": "high" if number % 2 else "low", "created_at": f"2026-01-{number % 28 + 1:02}",
    }  # fmt: skip


class World:
    """Files and an API that a run reads."""

    def __init__(self, folder: Path, people: int = 30) -> None:
        self.folder, self.lakehouse = folder, folder / "lake"
        self.users = [user(number) for number in range(people)]
        self.erp = [erp_row(number) for number in range(people)]
        self.posts = [post(number, number) for number in range(people)]
        self.tickets = [ticket(number, number) for number in range(people)]

    def run(self, *pipelines: str, **settings: Any) -> None:
        """One run of the flow, or of a part of it, over the systems as they are."""
        landing = self.lakehouse / "Files" / "landing"
        landing.mkdir(parents=True, exist_ok=True)
        with (landing / "erp_customers.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, ERP_COLUMNS)
            writer.writeheader()
            writer.writerows(self.erp)
        (landing / "support_tickets.json").write_text(json.dumps(self.tickets))
        served = {name: self.folder / f"{name}.json" for name in ("users", "posts")}
        served["users"].write_text(json.dumps(self.users))
        served["posts"].write_text(json.dumps(self.posts))
        with LoopbackApi(served, rate_limit=None) as api:
            given = {"crm_url": api.url, "marketing_url": api.url, **settings}
            run_project(self.lakehouse, *pipelines, sources="live", **given)

    def change(self, chance: random.Random) -> None:
        """Something happens in the systems: records come, change, break a rule, are mended or go."""
        for _ in range(chance.randint(1, 4)):
            chance.choice(
                [
                    self._someone_moves,
                    self._someone_comes,
                    self._someone_goes,
                    self._something_happens,
                    self._a_mess,
                ]
            )(chance)

    def _someone_moves(self, chance: random.Random) -> None:
        rows: list[Any] = chance.choice([self.users, self.erp])
        row = chance.choice(rows)
        if rows is self.users:
            row["address"] = {**row["address"], "address": f"{chance.randint(1, 99)} New Street"}
        else:
            row["street"] = f"{chance.randint(1, 99)} New Street"

    def _someone_comes(self, chance: random.Random) -> None:
        number = max(one["id"] for one in self.users if isinstance(one["id"], int)) + 1
        self.users.append(user(number))
        if chance.random() < 0.5:
            self.erp.append(erp_row(number))

    def _someone_goes(self, chance: random.Random) -> None:
        rows: list[Any] = chance.choice([self.users, self.erp, self.posts, self.tickets])
        if len(rows) > 10:
            rows.remove(chance.choice(rows))

    def _something_happens(self, chance: random.Random) -> None:
        number = 1000 + len(self.posts) + len(self.tickets) + chance.randint(0, 10_000)
        if chance.random() < 0.5:
            self.posts.append(post(number, chance.randint(0, 40)))
        else:
            self.tickets.append(ticket(number, chance.randint(0, 40)))
        chance.choice(self.tickets)["status"] = chance.choice(["open", "closed", "pending"])

    def _a_mess(self, chance: random.Random) -> None:
        """A record that breaks a rule, a key that two records have, or nothing but white space that changes."""
        kind = chance.randint(0, 3)
        if kind == 0:
            chance.choice(self.posts)["views"] = chance.choice([-1, 7])
        elif kind == 1:
            self.erp.append({**chance.choice(self.erp), "street": "2 Other Way"})
        elif kind == 2:
            self.tickets.append({"email": "nobody@example.org", "status": "open"})
        else:
            row = chance.choice(self.users)
            row["firstName"] = f" {row['firstName'].strip()} "
