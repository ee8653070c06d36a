"""Generated people whose truth is known, as rows of records."""

from __future__ import annotations

import random
from typing import Any

SCHEMA = (
    "source STRING, key STRING, given_name STRING, family_name STRING, birth_date STRING, email STRING, "
    "street STRING, city STRING, postal_code STRING"
)
GIVEN = [
    "anna",
    "bernd",
    "clara",
    "david",
    "elena",
    "frank",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "karla",
    "leo",
]
FAMILY = [
    a + b
    for a in ("berg", "stein", "wald", "bach", "feld", "horn", "lind")
    for b in ("er", "mann", "ing", "au")
]
Record = tuple[Any, ...]


def people(persons: int, *, seed: int = 1, copies: float = 0.5) -> list[Record]:
    """Persons of two sources; the key tells who: the number before the dot."""
    dice, rows = random.Random(seed), []
    for person in range(persons):
        given, family = dice.choice(GIVEN), dice.choice(FAMILY)
        born = f"{dice.randint(1940, 2004)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        street, city = (
            f"{dice.randint(1, 99)} {dice.choice(FAMILY)} street",
            dice.choice(["ulm", "bonn", "trier"]),
        )
        row = [
            "a",
            f"{person}.0",
            given,
            family,
            born,
            f"{given}.{family}{person}@x.io",
            street,
            city,
            f"{dice.randint(1, 60):05}",
        ]
        rows.append(tuple(row))
        if dice.random() < copies:
            row[:2] = ["b", f"{person}.1"]
            flaw = dice.choice((2, 3, 4, 5, 6))
            row[flaw] = (
                None if dice.random() < 0.4 else row[flaw][:-1] + "x" if flaw != 4 else born[:-1] + "9"
            )
            rows.append(tuple(row))
    return rows
