"""CRM users in the shape of DummyJSON's ``/users``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from customer_360.sample_sources import noisy_values
from customer_360.sample_sources.noise import Dice
from customer_360.sample_sources.population import Person
from customer_360.sample_sources.values import Place, Values, ascii_letters
from customer_360.sample_sources.vocabulary import (
    BLOOD_GROUPS,
    CARD_PREFIXES,
    CARD_TYPES,
    COUNTRY,
    COUNTRY_SPELLINGS,
    CURRENCIES,
    DEPARTMENTS,
    EYE_COLOURS,
    HAIR_COLOURS,
    HAIR_TYPES,
    PLACEHOLDER_PHONES,
    PLACEHOLDERS,
    ROLES,
    US_STATES,
)

_REFERENCE_YEAR = 2025  # ages are as of this year: no clock, the same seed gives the same bytes for ever
_CARD_DIGITS = {"American Express": 15}


def crm_user(person: Person, user_id: int, values: Values, dice: Dice) -> dict[str, Any]:
    """One user with its noise, keys in the order of the real API."""
    user = _clean_user(person, user_id, values)
    _noisy_names(user, person, dice)
    _noisy_birth_date(user, person, dice)
    _noisy_contact(user, dice)
    _noisy_address(user, dice)
    _break(user, dice)
    return user


def second_self(person: Person, values: Values) -> Person:
    """The same person as it registers once more: something is always the same, something always differs."""
    random = values.random
    way = random.choice(("nickname", "typo", "moved", "moved with new e-mail"))
    if way == "nickname":
        given = noisy_values.nickname(person.given, person.gender, random)
        return replace(person, given=given, email=person.second_email)
    if way == "typo":
        return replace(
            person,
            family=noisy_values.typo(person.family, random),
            phone=values.phone(person.home.state_code),
        )
    if way == "moved":
        home = values.place()
        return replace(person, home=home, phone=values.phone(home.state_code))
    return replace(person, home=values.place(), email=person.second_email)


def _clean_user(person: Person, user_id: int, values: Values) -> dict[str, Any]:
    random = values.random
    username = f"{ascii_letters(person.given)}{ascii_letters(person.family)[:1]}"
    birth = person.birth
    return {
        "id": user_id,
        "firstName": person.given,
        "lastName": person.family,
        "maidenName": person.maiden,
        "age": _REFERENCE_YEAR - birth.year,
        "gender": person.gender,
        "email": person.email,
        "phone": person.phone,
        "username": username,
        "password": f"{username[:4]}{values.letters(4)}!{values.digits(6)}",
        "birthDate": f"{birth.year}-{birth.month}-{birth.day}",
        "image": f"https://example.com/icon/{username}/128",
        "bloodGroup": random.choice(BLOOD_GROUPS),
        "height": round(150 + random.random() * 50, 2),
        "weight": round(50 + random.random() * 50, 2),
        "eyeColor": random.choice(EYE_COLOURS),
        "hair": {"color": random.choice(HAIR_COLOURS), "type": random.choice(HAIR_TYPES)},
        "ip": ".".join(str(part) for part in random.getrandbits(32).to_bytes(4, "big")),
        "address": _address(person.home),
        "macAddress": random.getrandbits(48).to_bytes(6, "big").hex(":"),
        "university": values.university(),
        "bank": _bank(values),
        "company": _company(values),
        "ein": f"{random.randrange(900, 1000)}-{values.digits(3)}",
        # 900 and above are never issued as social security numbers
        "ssn": f"{random.randrange(900, 1000)}-{values.digits(3)}-{values.digits(3)}",
        "userAgent": values.user_agent(),
        "crypto": _crypto(values),
        "role": random.choice(ROLES),
    }


def _address(place: Place) -> dict[str, Any]:
    return {
        "address": place.street,
        "city": place.city,
        "state": US_STATES[place.state_code],
        "stateCode": place.state_code,
        "postalCode": place.postal_code,
        "coordinates": {"lat": place.latitude, "lng": place.longitude},
        "country": COUNTRY,
    }


def _company(values: Values) -> dict[str, Any]:
    return {
        "department": values.random.choice(DEPARTMENTS),
        "name": values.company(),
        "title": values.occupation(),
        "address": _address(values.place()),
    }


def _crypto(values: Values) -> dict[str, str]:
    return {
        "coin": "Bitcoin",
        "wallet": f"0x{values.random.getrandbits(160):040x}",
        "network": "Ethereum (ERC20)",
    }


def _bank(values: Values) -> dict[str, str]:
    random = values.random
    card_type = random.choice(CARD_TYPES)
    prefix = CARD_PREFIXES[card_type]
    iban = random.choice(
        (f"GB{values.digits(2)}{values.letters(4)}{values.digits(14)}", f"DE{values.digits(20)}")
    )
    return {
        "cardExpire": f"{random.randrange(1, 13):02d}/{random.randrange(26, 33)}",
        "cardNumber": prefix + values.digits(_CARD_DIGITS.get(card_type, 16) - len(prefix)),
        "cardType": card_type,
        "currency": random.choice(CURRENCIES),
        "iban": iban,
    }


def _noisy_names(user: dict[str, Any], person: Person, dice: Dice) -> None:
    random = dice.random
    if dice.strikes("nickname"):
        user["firstName"] = noisy_values.nickname(person.given, person.gender, random)
    if dice.strikes("name_typo"):
        user["lastName"] = noisy_values.typo(user["lastName"], random)
    if dice.strikes("name_case"):
        user["firstName"] = noisy_values.name_case(user["firstName"], random)
        user["lastName"] = noisy_values.name_case(user["lastName"], random)
    if dice.strikes("swapped_names"):
        user["firstName"], user["lastName"] = user["lastName"], user["firstName"]
    if dice.strikes("crm_blank_name"):
        user[random.choice(("firstName", "lastName"))] = ""


def _noisy_birth_date(user: dict[str, Any], person: Person, dice: Dice) -> None:
    birth = person.birth
    if dice.strikes("placeholder_birth_date"):
        birth = noisy_values.placeholder_birth_date(birth, dice.random)
    short = dice.strikes("one_digit_date")
    user["birthDate"] = f"{birth.year}-{birth.month}-{birth.day}" if short else birth.isoformat()
    if dice.strikes("bad_birth_date"):
        user["birthDate"] = noisy_values.bad_birth_date(dice.random)


def _noisy_contact(user: dict[str, Any], dice: Dice) -> None:
    random = dice.random
    if dice.strikes("phone_format"):
        user["phone"] = noisy_values.phone_format(user["phone"], random)
    if dice.strikes("invalid_phone"):
        user["phone"] = noisy_values.invalid_phone(user["phone"], dice.later)
    if dice.strikes("placeholder_phone"):
        user["phone"] = random.choice(PLACEHOLDER_PHONES)
    if dice.strikes("missing_phone"):
        user["phone"] = random.choice(("", None))
    if dice.strikes("email_case"):
        user["email"] = noisy_values.email_case(user["email"], random)
    if dice.strikes("invalid_email"):
        user["email"] = noisy_values.invalid_email(user["email"], random)
    if dice.strikes("missing_email"):
        user["email"] = random.choice(("", None))


def _noisy_address(user: dict[str, Any], dice: Dice) -> None:
    random, address = dice.random, user["address"]
    if dice.strikes("missing_postal_code"):
        address["postalCode"] = random.choice(("", None))
    if dice.strikes("country_spelling"):
        address["country"] = random.choice(COUNTRY_SPELLINGS)
    if dice.strikes("coordinates_out_of_range"):
        lat, lng = noisy_values.out_of_range(
            address["coordinates"]["lat"], address["coordinates"]["lng"], random
        )
        address["coordinates"] = {"lat": lat, "lng": lng}
    if dice.strikes("missing_coordinates"):
        address["coordinates"] = random.choice((None, {"lat": None, "lng": None}))
    if dice.strikes("placeholder_text"):
        fields = ((user, "maidenName"), (user, "phone"), (address, "city"), (address, "address"))
        holder, key = random.choice(fields)
        holder[key] = random.choice(PLACEHOLDERS)


def _break(user: dict[str, Any], dice: Dice) -> None:
    if dice.strikes("crm_null_address"):
        user["address"] = None
    if dice.strikes("crm_without_identity"):
        user["firstName"], user["lastName"], user["email"] = None, "", None
    if dice.strikes("crm_without_id"):
        del user["id"]
