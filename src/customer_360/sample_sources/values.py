"""Made-up values from mimesis, all drawn from one random source."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from customer_360.sample_sources.vocabulary import (
    AREA_CODES,
    FEMALE,
    MOBILE_CODES,
    NICKNAMES,
    PHONE_COUNTRY_CODES,
    SPECIAL_SURNAMES,
    STATE_CODES,
)

try:
    from mimesis import Address, Finance, Gender, Internet, Locale, Person, Text
    from mimesis.random import Random
except ImportError as error:  # pragma: no cover - depends on the installation
    raise ImportError(
        "Sample data needs mimesis, which is not installed. Install customer_360 with its extra 'local', "
        "or run with sources=live."
    ) from error

_COMMON_NAME_SHARE = 0.45
_SPECIAL_SURNAME_SHARE = 0.03
_SEED_BITS = 40
_LATER_SALT = 1 << 120
_SPECIAL_EXCHANGES = (211, 311, 411, 511, 611, 711, 811, 911, 555)  # services, and films


@dataclass(frozen=True, slots=True)
class Place:
    """A postal address with coordinates in degrees (made up: they need not lie in the state)."""

    street: str
    city: str
    state_code: str
    postal_code: str
    latitude: float
    longitude: float


class Values:
    """The one source of made-up values; what follows :meth:`reseed` depends on its arguments only.

    Attributes:
        random: what nearly everything is drawn from.
        later: for what the sample did not have at first, so that a seed keeps the people that it had.
    """

    def __init__(self) -> None:
        self.random, self.later = Random(), Random()
        self._person = Person(Locale.EN, random=self.random)
        self._address = Address(Locale.EN, random=self.random)
        self._finance = Finance(Locale.EN, random=self.random)
        self._text = Text(Locale.EN, random=self.random)
        self._internet = Internet(random=self.random)
        self._common = {gender: tuple(names) for gender, names in NICKNAMES.items()}

    def reseed(self, seed: int, index: int) -> None:
        """Start the sequence of household number ``index`` of the sample ``seed``."""
        self.random.seed((seed << _SEED_BITS) ^ index)
        self.later.seed((seed << _SEED_BITS) ^ index ^ _LATER_SALT)

    def given_name(self, gender: str) -> str:
        """A first name: often one of the common ones, which have nicknames."""
        if self.random.random() < _COMMON_NAME_SHARE:
            return self.random.choice(self._common[gender])
        return self._person.first_name(Gender.FEMALE if gender == FEMALE else Gender.MALE)

    def family_name(self) -> str:
        """A surname, now and then one with letters that trip simple code."""
        if self.random.random() < _SPECIAL_SURNAME_SHARE:
            return self.random.choice(SPECIAL_SURNAMES)
        return self._person.last_name()

    def place(self) -> Place:
        """An address somewhere in the United States."""
        random, source = self.random, self._address
        return Place(
            street=f"{random.randrange(1, 2000)} {source.street_name()} {source.street_suffix()}",
            city=source.city(),
            state_code=random.choice(STATE_CODES),
            postal_code=str(random.randrange(10_000, 100_000)),
            latitude=round(random.random() * 180 - 90, 6),
            longitude=round(random.random() * 360 - 180, 6),
        )

    def phone(self, state_code: str) -> str:
        """A number that could be somebody's, in the form of the real API: ``+1 205-431-3024``.

        Most people have one of their state, the others a mobile of another country.
        """
        draw = self.random.randrange
        country = self.random.choice(PHONE_COUNTRY_CODES)
        area, exchange, line = draw(201, 990), draw(200, 1000), draw(10_000)
        codes = MOBILE_CODES.get(country) or (AREA_CODES[state_code],)
        exchange += exchange in _SPECIAL_EXCHANGES
        return f"+{country} {codes[area % len(codes)]}-{exchange}-{line:04d}"

    def digits(self, count: int) -> str:
        """A string of ``count`` random digits."""
        return f"{self.random.randrange(10**count):0{count}d}"

    def letters(self, count: int) -> str:
        """A string of ``count`` random capital letters."""
        return "".join(self.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=count))

    def company(self) -> str:
        """Name of a company."""
        return self._finance.company()

    def occupation(self) -> str:
        """A job title."""
        return self._person.occupation()

    def university(self) -> str:
        """Name of a university."""
        return self._person.university()

    def user_agent(self) -> str:
        """A browser's user agent."""
        return self._internet.user_agent()

    def words(self, count: int) -> list[str]:
        """Unrelated lower-case words."""
        return self._text.words(quantity=count)

    def sentence(self) -> str:
        """One sentence."""
        return self._text.sentence()


@lru_cache(maxsize=4096)
def ascii_letters(name: str) -> str:
    """The name as it goes into a mailbox: lower-case ASCII letters only.

    Letters that Unicode does not take apart, such as the Polish l with stroke, are left out.
    """
    plain = unicodedata.normalize("NFKD", name).lower()
    return "".join(letter for letter in plain if "a" <= letter <= "z")
