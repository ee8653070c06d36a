"""True persons, household by household, as columns: what a resolver finds hard is in the way that they live.

Twins, a father and a son (a mother and a daughter) of one name, siblings, namesakes by the frequencies of real names,
addresses of many households in one building, a phone or a mailbox that a family shares, mailboxes made from names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.identity.vocabulary import Vocabulary, Words

_SIZES = np.array([0.28, 0.33, 0.15, 0.14, 0.07, 0.03])
_PER_BUILDING = 25
_TODAY = np.datetime64("2024-06-30")
_ADULT = 16


@dataclass(frozen=True)
class Habits:
    """Shares of households or persons to which something applies."""

    partner_keeps_name: float = 0.2
    flat_share: float = 0.06
    twins: float = 0.05
    twins_of_near_names: float = 0.3
    son_like_father: float = 0.08
    daughter_like_mother: float = 0.01
    middle_name: float = 0.7
    building: float = 0.2
    landline: float = 0.5
    mobile: float = 0.7
    email: float = 0.8
    email_from_name: float = 0.85
    family_mailbox: float = 0.12
    role_mailbox: float = 0.003
    placeholder_phone: float = 0.003


class Mailboxes:
    """Knows which mailboxes are taken, over all chunks of a population."""

    def __init__(self) -> None:
        self._taken = np.array([], dtype=np.uint64)

    def claim(self, mails: Words) -> NDArray[np.bool_]:
        """Take those that are still free; True for the others."""
        hashes = pd.util.hash_array(mails, categorize=False)
        refused = pd.Series(hashes).duplicated().to_numpy() | np.isin(hashes, self._taken)
        self._taken = np.concatenate([self._taken, hashes[~refused]])
        return refused


def population(
    count: int,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
    *,
    first: int = 0,
    habits: Habits | None = None,
    mailboxes: Mailboxes | None = None,
) -> pd.DataFrame:
    """``count`` persons in households.

    Returns: person, household, given_name, middle_name, family_name, birth_date (days), sex, email, phone, street,
    house_number, unit, city, postal_code, region; null where a person has none. ``person`` counts from ``first``.
    """
    habits = habits or Habits()
    people = _households(count, rng)
    people["person"] = people["person"] + first
    people["household"] = people["household"] + first
    _ages(people, rng, habits)
    _names(people, vocabulary, rng, habits)
    for column, values in addresses(int(people["home"].max()) + 1, vocabulary, rng, habits=habits).items():
        people[column] = values[people["home"].to_numpy()]
    people["phone"] = _phones(people, rng, habits)
    people["email"] = _emails(people, vocabulary, rng, habits, mailboxes or Mailboxes())
    return people


def addresses(
    count: int, vocabulary: Vocabulary, rng: np.random.Generator, *, habits: Habits
) -> dict[str, Words]:
    """``count`` homes; a share of them are flats in buildings with many others."""
    in_building = rng.random(count) < habits.building
    buildings = max(1, count // _PER_BUILDING)
    place = np.arange(count)
    place[in_building] = rng.integers(0, buildings, in_building.sum())
    city_of, zip_of = vocabulary.cities.draw(rng, count), rng.zipf(1.6, count) % 40
    number_of = np.floor(np.exp(rng.uniform(0, 7.5, count))).astype(int)
    city = city_of[place]
    codes = {name: rank for rank, name in enumerate(vocabulary.cities.words)}
    rank = np.array([codes[name] for name in city], dtype=int)
    postal = (10000 + rank * 40 + zip_of[place] % np.maximum(1, 400 // (rank + 10))) % 100000
    unit = np.full(count, None, dtype=object)
    unit[in_building] = [str(number) for number in rng.integers(1, 400, in_building.sum())]
    return {
        "street": vocabulary.streets.draw(rng, count)[place],
        "house_number": number_of[place].astype(str).astype(object),
        "unit": unit,
        "city": city,
        "postal_code": np.array([f"{code:05d}" for code in postal], dtype=object),
        "region": np.array(vocabulary.states, dtype=object)[rank % len(vocabulary.states)],
    }


def new_emails(
    people: pd.DataFrame, vocabulary: Vocabulary, rng: np.random.Generator, *, named: float
) -> Words:
    """One mailbox per person, a share ``named`` of them made from the person's name."""
    count = len(people)
    given, family = _letters(people["given_name"]), _letters(people["family_name"])
    year = people["birth_date"].to_numpy().astype("datetime64[Y]").astype(int) + 1970
    digits = rng.integers(1, 2000, count)
    tail = rng.choice(3, count, p=[0.4, 0.25, 0.35])
    style = rng.choice(5, count, p=[0.4, 0.2, 0.15, 0.15, 0.1])
    invented = rng.random(count) >= named
    words = vocabulary.streets.draw(rng, count)
    domains = vocabulary.domains.draw(rng, count)
    made = zip(given, family, year, digits, tail, style, strict=True)
    local = np.array([_local_part(*row) for row in made], dtype=object)
    words = np.array([word.partition(" ")[0] for word in words], dtype=object)
    return np.where(invented, words + digits.astype(str).astype(object), local) + "@" + domains


def _local_part(given: str, family: str, year: int, digits: int, tail: int, style: int) -> str:  # noqa: PLR0917
    end = ("", f"{year % 100:02d}", str(digits))[tail]
    forms = (
        f"{given}.{family}",
        f"{given[:1]}{family}",
        f"{given}{family}",
        f"{family}.{given}",
        f"{given}_{family[:1]}",
    )
    return f"{forms[style]}{end}"


def _households(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Positions 0 (head), 1 (partner or first child), 2 and on (children)."""
    sizes = rng.choice(len(_SIZES), count, p=_SIZES / _SIZES.sum()) + 1
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    household = np.repeat(np.arange(len(sizes)), sizes)[:count]
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    position = np.arange(count) - starts[household]
    return pd.DataFrame(
        {
            "person": np.arange(count),
            "household": household,
            "home": household,
            "position": position,
            "head": starts[household],
        }
    )


def _ages(people: pd.DataFrame, rng: np.random.Generator, habits: Habits) -> None:
    """Sex, whether a child of the head, and the birth date; twins share theirs."""
    count, position = len(people), people["position"].to_numpy()
    head = people["head"].to_numpy()
    days = (365.25 * (24 + 66 * rng.beta(1.4, 2.2, count))).astype(int)
    single_parent = (rng.random(count) < 0.25)[head]
    flat_share = (rng.random(count) < habits.flat_share)[head]
    child = ((position > 1) | ((position == 1) & single_parent)) & ~flat_share
    later = (365.25 * rng.normal(29, 5, count).clip(18, 45)).astype(int)
    grown = np.where(child, np.maximum(days[head] - later, rng.integers(0, 900, count)), days)
    near = (days[head] + 365.25 * rng.normal(0, 3, count)).astype(int).clip(18 * 365)
    days = np.where((position == 1) & ~child & ~flat_share, near, grown)
    before = np.r_[0, np.arange(count - 1)]
    twin = child & child[before] & (head == head[before]) & (rng.random(count) < habits.twins)
    for _ in range(len(_SIZES)):  # of triplets, the third takes the date of the second, which is the first's
        days = np.where(twin, days[before], days)
    people["sex"] = np.where(rng.random(count) < 0.5, "F", "M").astype(object)
    couple = (position == 1) & ~child & ~flat_share & (rng.random(count) < 0.97)
    other = np.where(people["sex"].to_numpy()[head] == "F", "M", "F").astype(object)
    people["sex"] = np.where(couple, other, people["sex"].to_numpy())
    people["child"], people["flat_share"], people["twin"] = child, flat_share, twin
    people["birth_date"] = _TODAY - days.astype("timedelta64[D]")
    people["adult"] = days > _ADULT * 365


def _names(people: pd.DataFrame, vocabulary: Vocabulary, rng: np.random.Generator, habits: Habits) -> None:
    count, head = len(people), people["head"].to_numpy()
    female = people["sex"].to_numpy() == "F"
    given = np.where(female, vocabulary.female.draw(rng, count), vocabulary.male.draw(rng, count))
    middle = np.where(female, vocabulary.female.draw(rng, count), vocabulary.male.draw(rng, count))
    like_parent = people["child"].to_numpy() & (female == female[head])
    share = np.where(female, habits.daughter_like_mother, habits.son_like_father)
    first_of_name = like_parent & (rng.random(count) < share) & _first_child(people)
    given = np.where(first_of_name, given[head], given)
    middle = np.where(first_of_name & (rng.random(count) < 0.5), middle[head], middle)
    for row in np.flatnonzero(people["twin"].to_numpy() & (rng.random(count) < habits.twins_of_near_names)):
        names = vocabulary.female if female[row] else vocabulary.male
        alike = [
            name for name in names.draw(rng, 60) if name[0] == given[row - 1][0] and name != given[row - 1]
        ]
        given[row] = alike[0] if alike else given[row]
    own = vocabulary.family.draw(rng, count)
    partner = (people["position"].to_numpy() == 1) & ~people["child"].to_numpy()
    keeps = people["flat_share"].to_numpy() | (partner & (rng.random(count) < habits.partner_keeps_name))
    middle[rng.random(count) >= habits.middle_name] = None
    people["given_name"], people["middle_name"] = given, middle
    people["family_name"] = np.where(keeps, own, own[head])


def _first_child(people: pd.DataFrame) -> NDArray[np.bool_]:
    child = people["child"].to_numpy()
    before = np.r_[0, np.arange(len(people) - 1)]
    return child & ~(child[before] & (people["head"].to_numpy() == people["head"].to_numpy()[before]))


def _phones(people: pd.DataFrame, rng: np.random.Generator, habits: Habits) -> Words:
    count, head = len(people), people["head"].to_numpy()
    area = 201 + (people["postal_code"].astype(int).to_numpy() // 40) % 780
    own, shared = _numbers(area, rng), _numbers(area, rng)
    has_mobile = (rng.random(count) < habits.mobile) & people["adult"].to_numpy()
    has_landline = (rng.random(count) < habits.landline)[head] & ~people["flat_share"].to_numpy()
    phone = np.where(has_mobile, own, np.where(has_landline, shared[head], None))
    return np.where(rng.random(count) < habits.placeholder_phone, "0000000000", phone)


def _numbers(area: NDArray[np.int64], rng: np.random.Generator) -> Words:
    line = rng.integers(2_000_000, 10_000_000, len(area))
    return np.array([f"{code}{number}" for code, number in zip(area, line, strict=True)], dtype=object)


def _emails(
    people: pd.DataFrame,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
    habits: Habits,
    mailboxes: Mailboxes,
) -> Words:
    """Hardly any two persons have the same mailbox by chance: the later one gets its number behind the name."""
    count, head = len(people), people["head"].to_numpy()
    own = pd.Series(new_emails(people, vocabulary, rng, named=habits.email_from_name))
    taken = mailboxes.claim(own.to_numpy(dtype=object))
    serial = people["person"].to_numpy()
    own[taken] = [
        mail.replace("@", f"{number}@") for mail, number in zip(own[taken], serial[taken], strict=True)
    ]
    mail = np.where((rng.random(count) < habits.email) & people["adult"].to_numpy(), own.to_numpy(), None)
    family = (rng.random(count) < habits.family_mailbox)[head] & ~people["flat_share"].to_numpy()
    mail = np.where(family & (rng.random(count) < 0.8), own.to_numpy()[head], mail)
    roles = rng.integers(0, max(20, count // 2000), count)
    hosts = vocabulary.streets.draw(np.random.default_rng(5), int(roles.max()) + 1)
    role = rng.random(count) < habits.role_mailbox
    mail[role] = [f"info@{hosts[number].replace(' ', '')}.com" for number in roles[role]]
    return mail


def _letters(names: pd.Series) -> list[str]:
    return ["".join(filter(str.isalpha, name)) for name in names]
