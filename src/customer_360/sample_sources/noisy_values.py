"""How a good value becomes a noisy one: pure functions of a value and a random source."""

from __future__ import annotations

from datetime import date
from random import Random

from customer_360.sample_sources.vocabulary import NICKNAMES

_SHORT_SUFFIXES = {"Street": "St.", "Avenue": "Ave", "Road": "Rd", "Lane": "Ln", "Drive": "Dr."}
_SHORTEST_FOR_TYPO = 4
_BAD_BIRTH_DATES = ("1990-2-31", "1985-13-7", "2091-4-12", "0000-00-00", "unknown", "")
_BAD_TICKET_DATES = ("13/45/2024", "02/30/2025", "2024-11-05", "yesterday", "")
_BAD_POST_DATES = ("2024-13-45T00:00:00.000Z", "2025-02-30T09:15:00.000Z", "last week", "1714556400")


def typo(text: str, random: Random) -> str:
    """One slip of the finger: two letters swapped, one left out, or one doubled (never the first one)."""
    if len(text) < _SHORTEST_FOR_TYPO:
        return text + text[-1:]
    at = random.randrange(1, len(text) - 1)
    way = random.randrange(3)
    if way == 0 and text[at] != text[at + 1]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if way == 1 else text[:at] + text[at] + text[at:]


def nickname(given: str, gender: str, random: Random) -> str:
    """A short form of a given name; the initial where there is none."""
    short = NICKNAMES[gender].get(given)
    return random.choice(short) if short else f"{given[:1]}."


def name_case(name: str, random: Random) -> str:
    """The name in upper or lower case or with stray spaces."""
    return random.choice((name.upper(), name.lower(), f"  {name} "))


def email_case(email: str, random: Random) -> str:
    """The same mailbox in other case, or with a space around it."""
    return random.choice((email.upper(), email.title(), f" {email}", email.replace("example", "Example")))


def email_typo(email: str, random: Random) -> str:
    """An address with a slip in the mailbox or in the domain."""
    mailbox, _, domain = email.partition("@")
    if random.choice((True, False)):
        return f"{typo(mailbox, random)}@{domain}"
    return f"{mailbox}@{domain.replace('example', random.choice(('exmaple', 'exampel', 'exmple')))}"


def plus_tag(email: str, random: Random) -> str:
    """The same mailbox with a tag: ``name+shop@...``."""
    mailbox, _, domain = email.partition("@")
    return f"{mailbox}+{random.choice(('shop', 'support', 'news', '2024'))}@{domain}"


def invalid_email(email: str, random: Random) -> str:
    """Something in the e-mail field that is no address."""
    mailbox, _, domain = email.partition("@")
    return random.choice((mailbox, f"{mailbox} at {domain}", f"{mailbox}@@{domain}", f"{mailbox}@{domain},"))


def phone_format(phone: str, random: Random) -> str:
    """The same number (``+CC AAA-BBB-DDDD``) as other people write it."""
    country, _, rest = phone.partition(" ")
    area, exchange, line = rest.split("-")
    forms = [
        f"{country}{area}{exchange}{line}",
        f"{country} ({area}) {exchange}-{line}",
        f"00{country[1:]} {area} {exchange} {line}",
        f"{phone} x{random.randrange(10, 999)}",
    ]
    if country == "+1":
        forms += [f"({area}) {exchange}-{line}", f"{area}.{exchange}.{line}", f"1-{area}-{exchange}-{line}"]
    return random.choice(forms)


def invalid_phone(phone: str, random: Random) -> str:
    """A number that nobody can have: its end is missing, another one is glued on, or no such area exists."""
    country, _, rest = phone.partition(" ")
    return random.choice((phone[:-3], f"{phone}{rest}", f"{country} 000{rest[3:]}"))


def street_format(street: str, random: Random) -> str:
    """The same street, shortened or in upper case."""
    head, _, suffix = street.rpartition(" ")
    return random.choice((f"{head} {_SHORT_SUFFIXES.get(suffix, suffix[:2] + '.')}", head, street.upper()))


def placeholder_birth_date(birth: date, random: Random) -> date:
    """1 January: of the right year, or of a year that forms begin with."""
    return date(random.choice((birth.year, birth.year, 1970, 1900)), 1, 1)


def bad_birth_date(random: Random) -> str:
    """Something in the birth date field that is no possible birth date."""
    return random.choice(_BAD_BIRTH_DATES)


def bad_ticket_date(random: Random) -> str:
    """Something in the date field that is not MM/DD/YYYY or not on the calendar."""
    return random.choice(_BAD_TICKET_DATES)


def bad_post_date(random: Random) -> str:
    """Something in the time field of a post that is no time."""
    return random.choice(_BAD_POST_DATES)


def out_of_range(latitude: float, longitude: float, random: Random) -> tuple[float, float]:
    """Coordinates that are on no map."""
    return random.choice(((latitude + 180.0, longitude), (latitude, longitude + 400.0), (999.0, 999.0)))


def number_format(number: int, random: Random) -> str:
    """The customer number with leading zeros, a prefix or spaces."""
    return random.choice((f"{number:06d}", f"C-{number}", f" {number} "))
