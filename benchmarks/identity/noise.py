"""What happens to a record on its way into a file: typos, nicknames, swaps, other formats, gaps, another address."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.identity.population import Habits, addresses, new_emails
from benchmarks.identity.vocabulary import Vocabulary

_ADDRESS = ("street", "house_number", "unit", "city", "postal_code", "region")
_SHORT = {
    "street": "st", "avenue": "ave", "road": "rd", "lane": "ln", "drive": "dr", "court": "ct",
    "boulevard": "blvd", "place": "pl", "terrace": "ter",
}  # fmt: skip
_TITLES = ("dr", "mr", "mrs", "ms", "prof", "sir", "rev", "lady", "capt")
_NEIGHBOURS = {
    key: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, key in enumerate(row)
}
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Noise:
    """Shares of records to which something happens."""

    typo: dict[str, float]
    missing: dict[str, float]
    nickname: float = 0.0
    initial: float = 0.0
    middle_initial: float = 0.0
    middle_as_given: float = 0.0
    title: float = 0.0
    swapped_names: float = 0.0
    married: float = 0.0
    day_month_swapped: float = 0.0
    first_of_january: float = 0.0
    other_email: float = 0.0
    other_phone: float = 0.0
    moved: float = 0.0
    short_street: float = 0.0
    phone_format: float = 0.0
    capitals: float = 0.0


LIGHT = Noise(
    typo={"given_name": 0.01, "family_name": 0.01, "birth_date": 0.005, "email": 0.005, "phone": 0.005, "street": 0.02},
    missing={"birth_date": 0.04, "sex": 0.04, "email": 0.1, "phone": 0.1, "middle_name": 0.3, "street": 0.02},
    nickname=0.04, middle_initial=0.4, short_street=0.2, phone_format=0.2, capitals=0.05, first_of_january=0.005,
)  # fmt: skip
HEAVY = Noise(
    typo={"given_name": 0.12, "family_name": 0.1, "birth_date": 0.05, "email": 0.05, "phone": 0.04, "street": 0.1,
          "house_number": 0.03, "city": 0.04, "postal_code": 0.04},
    missing={"given_name": 0.015, "family_name": 0.01, "birth_date": 0.1, "sex": 0.1, "email": 0.3, "phone": 0.3,
             "middle_name": 0.4, "street": 0.05, "house_number": 0.04, "unit": 0.3, "postal_code": 0.05, "city": 0.03},
    nickname=0.15, initial=0.03, middle_initial=0.4, swapped_names=0.02, married=0.03, day_month_swapped=0.02,
    first_of_january=0.02, other_email=0.15, other_phone=0.15, moved=0.15, short_street=0.4, phone_format=0.3,
    capitals=0.1,
)  # fmt: skip
MANY_HANDS = Noise(
    typo={"given_name": 0.06, "family_name": 0.06, "birth_date": 0.04, "street": 0.05, "city": 0.03,
          "postal_code": 0.03},
    missing={"given_name": 0.02, "family_name": 0.02, "birth_date": 0.3, "middle_name": 0.4, "street": 0.3,
             "house_number": 0.2, "unit": 0.5, "postal_code": 0.2, "city": 0.15, "region": 0.3, "sex": 0.3},
    nickname=0.25, initial=0.05, middle_initial=0.2, middle_as_given=0.1, title=0.15, swapped_names=0.02, married=0.05,
    day_month_swapped=0.02, first_of_january=0.08, moved=0.05, short_street=0.4, capitals=0.1,
)  # fmt: skip


def with_noise(
    people: pd.DataFrame, noise: Noise, vocabulary: Vocabulary, rng: np.random.Generator
) -> pd.DataFrame:
    """Records as somebody wrote them down; the same columns as ``population`` gives, birth dates as ISO text."""
    records = people.reset_index(drop=True).copy()
    hit = _Hits(len(records), rng)
    _move(records, hit(noise.moved), vocabulary, rng)
    _other_contacts(records, hit, noise, vocabulary, rng)
    records["birth_date"] = (
        records["birth_date"].to_numpy().astype("datetime64[D]").astype(str).astype(object)
    )
    _rename(records, hit, noise, vocabulary, rng)
    _redate(records, hit, noise)
    _change(records, "street", hit(noise.short_street), _shorten)
    _change(
        records,
        "phone",
        hit(noise.phone_format),
        lambda phone: f"+1 ({phone[:3]}) {phone[3:6]}-{phone[6:]}",
    )
    for column, share in noise.typo.items():
        if column in records:
            _typos(records, column, hit(share), rng)
    for column, share in noise.missing.items():
        if column in records:
            records.loc[hit(share), column] = None
    capitals = hit(noise.capitals)
    for column in ("given_name", "middle_name", "family_name", "street", "city"):
        if column in records:
            _change(records, column, capitals, str.upper)
    return records


class _Hits:
    """Draws who is hit."""

    def __init__(self, count: int, rng: np.random.Generator) -> None:
        self._count, self._rng = count, rng

    def __call__(self, share: float) -> Mask:
        return self._rng.random(self._count) < share


def _move(records: pd.DataFrame, moved: Mask, vocabulary: Vocabulary, rng: np.random.Generator) -> None:
    if moved.any() and "street" in records:
        for column, values in addresses(int(moved.sum()), vocabulary, rng, habits=Habits()).items():
            records.loc[moved, column] = values


def _other_contacts(
    records: pd.DataFrame, hit: _Hits, noise: Noise, vocabulary: Vocabulary, rng: np.random.Generator
) -> None:
    mail = hit(noise.other_email) & records["email"].notna().to_numpy()
    if mail.any():
        records.loc[mail, "email"] = new_emails(records[mail], vocabulary, rng, named=0.85)
    phone = hit(noise.other_phone) & records["phone"].notna().to_numpy()
    records.loc[phone, "phone"] = [
        str(number) for number in rng.integers(2_010_000_000, 9_890_000_000, phone.sum())
    ]


def _rename(
    records: pd.DataFrame, hit: _Hits, noise: Noise, vocabulary: Vocabulary, rng: np.random.Generator
) -> None:

    def nickname(name: str) -> str:
        known = vocabulary.nicknames.get(name)
        return known[rng.integers(len(known))] if known else name

    _change(records, "given_name", hit(noise.nickname), nickname)
    married = hit(noise.married) & (records["sex"] == "F").to_numpy()
    records.loc[married, "family_name"] = vocabulary.family.draw(rng, int(married.sum()))
    _swap(
        records,
        hit(noise.middle_as_given) & records["middle_name"].notna().to_numpy(),
        "given_name",
        "middle_name",
    )
    _change(records, "given_name", hit(noise.initial), lambda name: name[0])
    _change(records, "middle_name", hit(noise.middle_initial), lambda name: name[0])
    _swap(records, hit(noise.swapped_names), "given_name", "family_name")
    _change(
        records,
        "given_name",
        hit(noise.title),
        lambda name: f"{_TITLES[rng.integers(len(_TITLES))]} {name}",
    )


def _swap(records: pd.DataFrame, mask: Mask, one: str, other: str) -> None:
    records.loc[mask, [one, other]] = records.loc[mask, [other, one]].to_numpy()


def _redate(records: pd.DataFrame, hit: _Hits, noise: Noise) -> None:
    _change(records, "birth_date", hit(noise.first_of_january), lambda date: f"{date[:4]}-01-01")
    _change(records, "birth_date", hit(noise.day_month_swapped),
            lambda date: f"{date[:4]}-{date[8:]}-{date[5:7]}" if date[8:] <= "12" else date)  # fmt: skip


def _shorten(street: str) -> str:
    first, _, kind = street.rpartition(" ")
    return f"{first} {_SHORT[kind]}" if kind in _SHORT else street


def _change(records: pd.DataFrame, column: str, mask: Mask, change: Callable[[str], str]) -> None:
    mask = mask & records[column].notna().to_numpy()
    records.loc[mask, column] = np.array([change(value) for value in records.loc[mask, column]], dtype=object)


def _typos(records: pd.DataFrame, column: str, mask: Mask, rng: np.random.Generator) -> None:
    mask = mask & records[column].notna().to_numpy()
    places, kinds = rng.random(mask.sum()), rng.integers(0, 4, mask.sum())
    values = zip(records.loc[mask, column], places, kinds, strict=True)
    records.loc[mask, column] = np.array([mistype(*value, rng) for value in values], dtype=object)


def mistype(value: str, place: float, kind: int, rng: np.random.Generator) -> str:
    """One slip of the fingers: a character changed, dropped, doubled or swapped with the next; digits only change."""
    marks = [at for at, mark in enumerate(value) if mark.isalnum()]
    if not marks:
        return value
    at = marks[int(place * len(marks))]
    mark = value[at]
    if mark.isdigit():
        return value[:at] + str((int(mark) + int(rng.integers(1, 10))) % 10) + value[at + 1 :]
    if kind == 1 and len(marks) > 2:
        return value[:at] + value[at + 1 :]
    if kind == 2:
        return value[:at] + mark + value[at:]
    if kind == 3 and at + 1 < len(value) and value[at + 1] != mark:
        return value[:at] + value[at + 1] + mark + value[at + 2 :]
    near = _NEIGHBOURS.get(mark.lower(), string.ascii_lowercase.replace(mark.lower(), ""))
    return value[:at] + near[int(rng.integers(len(near)))] + value[at + 1 :]
