"""Who exists: persons in households. The truth that the four systems show parts of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from customer_360.sample_sources.noise import Dice
from customer_360.sample_sources.values import Place, Values, ascii_letters
from customer_360.sample_sources.vocabulary import FEMALE, MAIL_DOMAINS, MALE, SECOND_MAIL_DOMAINS

_EARLIER_NAMES = 64  # how many earlier heads a namesake can take the name of: bounded, so memory is constant
_SCRAMBLE = 40_503  # odd, hence one-to-one modulo a power of two
_BLOCK_BITS = 16
_OTHER_SURNAME_SHARE = 0.15
_MAIDEN_SHARE = 0.4
_SIZES = (2, 2, 2, 3, 3, 4, 5)
_SECOND_CHILD = 3  # its place in the list of members


@dataclass(slots=True)
class Person:
    """One person; what the systems hold about it is derived from here."""

    person_id: str
    household_id: str
    kind: str
    given: str
    family: str
    maiden: str
    gender: str
    birth: date
    email: str
    second_email: str
    phone: str
    home: Place
    tax_id: str
    traits: tuple[str, ...] = field(default=())


class Population:
    """Persons, household by household; holds no more than the counters and a few earlier names."""

    def __init__(self, values: Values, dice: Dice, *, seed: int) -> None:
        self._values, self._dice, self._seed = values, dice, seed
        self._persons = 0
        self._earlier: deque[tuple[str, str, str]] = deque(maxlen=_EARLIER_NAMES)

    def households(self, customers: int) -> Iterator[list[Person]]:
        """Yield households until they hold ``customers`` persons; each depends on the seed and its number."""
        index, missing = 0, customers
        while missing > 0:
            self._values.reseed(self._seed, index)
            household = self._household(f"H{index + 1}", limit=missing)
            missing -= len(household)
            index += 1
            yield household

    def stranger(self, household_id: str) -> Person:
        """A person on top of the customers, living alone."""
        self._dice.struck()
        return replace(self._head(household_id, several=False), kind="single")

    def _household(self, household_id: str, *, limit: int) -> list[Person]:
        random, dice = self._values.random, self._dice
        dice.struck()
        size = min(limit, random.choice(_SIZES)) if limit > 1 and dice.strikes("household") else 1
        head = self._head(household_id, several=size > 1)
        members = [head]
        if size > 1:
            members.append(self._spouse(head))
        twins = size > _SECOND_CHILD and dice.strikes("twins")
        for number in range(2, size):
            members.append(
                self._child(head, elder=members[-1] if twins and number == _SECOND_CHILD else None)
            )
        dice.struck()
        if head.kind != "namesake":
            self._earlier.append((head.given, head.family, head.gender))
        return members

    def _head(self, household_id: str, *, several: bool) -> Person:
        values, random = self._values, self._values.random
        gender = random.choice((FEMALE, MALE))
        given, family, kind = values.given_name(gender), values.family_name(), "single"
        if several:
            kind = "head"
        elif self._earlier and self._dice.strikes("namesake"):
            given, family, gender = random.choice(self._earlier)
            kind = "namesake"
        years = (1945, 1972) if several else (1945, 2004)
        person = self._person(
            household_id, kind, given=given, family=family, gender=gender, birth=self._birth(*years),
            home=values.place(),
        )  # fmt: skip
        person.traits = self._dice.struck()
        return person

    def _spouse(self, head: Person) -> Person:
        gender = MALE if head.gender == FEMALE else FEMALE
        own = self._values.family_name()
        family = own if self._values.random.random() < _OTHER_SURNAME_SHARE else head.family
        birth = self._birth(max(1940, head.birth.year - 6), head.birth.year + 6)
        spouse = self._person(
            head.household_id, "spouse", given=self._values.given_name(gender), family=family, gender=gender,
            birth=birth, home=head.home,
        )  # fmt: skip
        spouse.maiden = own if gender == FEMALE and family == head.family else ""
        return self._share(spouse, head)

    def _child(self, head: Person, *, elder: Person | None) -> Person:
        random = self._values.random
        gender = random.choice((FEMALE, MALE))
        given, kind = self._values.given_name(gender), "child"
        birth = self._birth(head.birth.year + 22, head.birth.year + 32)
        if elder is not None:
            elder.kind, elder.traits = "twin", (*elder.traits, "twins")
            birth, kind = elder.birth, "twin"
            while given == elder.given:
                given = self._values.given_name(gender)
        elif head.gender == MALE and self._dice.strikes("same_name_child"):
            given, gender, kind = head.given, MALE, "same_name_child"
        child = self._person(
            head.household_id, kind, given=given, family=head.family, gender=gender, birth=birth,
            home=head.home,
        )  # fmt: skip
        child = self._share(child, head)
        if kind == "twin":
            child.traits = (*child.traits, "twins")
        return child

    def _share(self, member: Person, head: Person) -> Person:
        if self._dice.strikes("shared_phone"):
            member.phone = head.phone
        if self._dice.strikes("shared_inbox"):
            member.email = head.email
        member.traits = ("household", *(kind for kind in self._dice.struck() if kind != "twins"))
        return member

    def _person(
        self, household_id: str, kind: str, *, given: str, family: str, gender: str, birth: date, home: Place
    ) -> Person:
        values, random = self._values, self._values.random
        self._persons += 1
        number = self._mailbox_number()
        first, last = ascii_letters(given), ascii_letters(family)
        dotted = f"{first}.{last}"
        mailbox = random.choice((dotted, dotted, f"{first[:1]}{last}", f"{first}_{last}", first))
        second = random.choice((f"{last}.{first}", f"{first}{last}"))
        return Person(
            person_id=f"P{self._persons}",
            household_id=household_id,
            kind=kind,
            given=given,
            family=family,
            maiden=values.family_name() if gender == FEMALE and random.random() < _MAIDEN_SHARE else "",
            gender=gender,
            birth=birth,
            email=f"{mailbox}{number}@{random.choice(MAIL_DOMAINS)}",
            second_email=f"{second}{number}@{random.choice(SECOND_MAIL_DOMAINS)}",
            phone=values.phone(home.state_code),
            home=home,
            tax_id=f"{values.letters(2)}{values.digits(4)}",
        )

    def _mailbox_number(self) -> int:
        """A number that no other person has, so that no two people share an address by chance."""
        block, rest = self._persons >> _BLOCK_BITS, self._persons & ((1 << _BLOCK_BITS) - 1)
        return (block << _BLOCK_BITS) | (rest * _SCRAMBLE & ((1 << _BLOCK_BITS) - 1))

    def _birth(self, first_year: int, last_year: int) -> date:
        first = date(first_year, 1, 2)
        days = (date(last_year, 12, 31) - first).days
        return first + timedelta(days=self._values.random.randrange(days))
