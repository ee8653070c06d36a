"""Columns that are not known by name and yet look like an attribute of a person: leaving one out would be silent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from customer_360.person_file.synonyms import plain, words

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"(?=.*[+() ./-])\+?[\d() ./-]{7,24}(?:\s?x\s?\d+)?")
_DATE = re.compile(r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?:[T ].*)?")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_PHONE_DIGITS = range(7, 16)
_LIVING_YEARS = range(1900, 2026)
_ADULTS_BORN_BEFORE, _GENERATION = 1995, 25
_FEWEST, _SHARE, _FLAG_VALUES, _LONG_NUMBER = 3, 0.6, 4, 7

# Words of a name, and long ones also as a part of it.
_WORDS = {
    "email": {"mail", "mails", "email", "emails", "courriel", "correo"},
    "phone": {"phone", "phones", "tel", "telephone", "mobile", "cell", "cellphone", "telefon", "telefono", "handy"},
    "birth_date": {"birth", "birthdate", "birthday", "dob", "geburtsdatum", "naissance", "nacimiento"},
    "family_name": {"surname", "lastname", "maiden", "nachname", "apellido", "apellidos"},
    "given_name": {"firstname", "forename", "vorname", "prenom", "nickname"},
    "street": {"address", "adresse", "anschrift", "street", "strasse"},
    "postal_code": {"postcode", "zip", "zipcode", "plz"},
    "national_id": {"ssn", "passport"},
}  # fmt: skip
_LONG_WORDS = {
    "email": ("email", "mailaddress"), "phone": ("telephone", "phonenumber", "telefon"),
    "birth_date": ("birthdate", "dateofbirth", "birthday", "geburtsdatum"),
    "family_name": ("surname", "lastname", "familyname", "maidenname", "nachname"),
    "given_name": ("firstname", "givenname", "forename", "vorname"), "street": ("streetaddress", "addressline"),
    "postal_code": ("postalcode", "postcode", "zipcode", "postleitzahl"), "national_id": ("socialsecurity",),
}  # fmt: skip
_OF_MACHINES = {"ip", "mac", "web", "url", "wallet"}
_SAID = {"email": "e-mail addresses", "phone": "telephone numbers", "birth_date": "birth dates"}


def suspected_attribute(name: str, values: Sequence[str], known: set[str]) -> tuple[str, str] | None:
    """The attribute that an unknown column may well hold, and why in words; None if it looks like none.

    Args:
        name: the column's name.
        values: some of its values, without blank ones.
        known: attributes that other columns hold.
    """
    if not values:
        return None
    for attribute, looks in _LOOKS.items():
        share = sum(map(looks, values)) / len(values)
        if (
            len(values) >= _FEWEST
            and share >= _SHARE
            and (attribute != "birth_date" or _are_births(values, known))
        ):
            return attribute, f"holds {_SAID[attribute]}, judging by its values"
    named = _by_name(name)
    if named and not _is_flag(values) and not (named != "birth_date" and all(map(_is_date, values))):
        return named, f"may be {named}, judging by its name"
    return None


def _by_name(name: str) -> str | None:
    found, whole = set(words(name)), plain(name)
    if found & _OF_MACHINES:
        return None
    for attribute, meant in _WORDS.items():
        if found & meant or any(word in whole for word in _LONG_WORDS[attribute]):
            return attribute
    return None


def _is_flag(values: Sequence[str]) -> bool:
    """Few values, none of which could be anybody's own: yes and no, a status, a type."""
    distinct = set(values)
    return len(distinct) <= _FLAG_VALUES and not any(
        "@" in value or sum(c.isdigit() for c in value) >= _LONG_NUMBER for value in distinct
    )


def _is_mail(value: str) -> bool:
    return _MAIL.fullmatch(value.strip()) is not None


def _is_phone(value: str) -> bool:
    text = value.strip()
    if _DATE.fullmatch(text) or _IP.fullmatch(text) or not _PHONE.fullmatch(text):
        return False
    return not re.fullmatch(r"-?\d+\.\d+", text) and sum(c.isdigit() for c in text) in _PHONE_DIGITS


def _is_date(value: str) -> bool:
    return _DATE.fullmatch(value.strip()) is not None


def _are_births(values: Sequence[str], known: set[str]) -> bool:
    """Whether dates spread as birth dates do; dates of orders or visits are of a few recent years."""
    years = [int(year[0]) for value in values if (year := _YEAR.search(value))]
    if "birth_date" in known or not years or any(year not in _LIVING_YEARS for year in years):
        return False
    return max(years) - min(years) >= _GENERATION and sorted(years)[len(years) // 2] < _ADULTS_BORN_BEFORE


_LOOKS: dict[str, Callable[[str], bool]] = {"email": _is_mail, "phone": _is_phone, "birth_date": _is_date}
