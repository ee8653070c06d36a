"""ERP customers: rows of a CSV file."""

from __future__ import annotations

from customer_360.sample_sources import noisy_values
from customer_360.sample_sources.noise import Dice
from customer_360.sample_sources.population import Person
from customer_360.sample_sources.values import Values

_NOBODY = 90_000_000  # customer numbers from here on belong to no CRM user


def erp_row(person: Person, crm_id: int | None, values: Values, dice: Dice, *, last_crm_id: int) -> list[str]:
    """One row with its noise, in the order of :data:`~customer_360.sample_sources.files.ERP_COLUMNS`.

    Args:
        person: whom the row is about.
        crm_id: id of the person in the CRM, which the ERP uses as customer number; None if it has none.
        values: source of made-up values.
        dice: source of noise.
        last_crm_id: the highest CRM id given so far; a wrong number lies below it, or far above.
    """
    home = person.home
    if dice.strikes("erp_moved"):
        home = values.place()
    return [
        _number(crm_id, dice, last_crm_id=last_crm_id),
        _full_name(person, dice),
        _street(home.street, dice),
        "" if dice.strikes("erp_blank_city") else home.city,
        "" if dice.strikes("erp_blank_postal_code") else home.postal_code,
        _coordinates(home.latitude, home.longitude, dice),
        person.tax_id,
    ]


def erp_line_fields(row: list[str], dice: Dice) -> list[str]:
    """The row as it is written: now and then with a field too many or too few."""
    if dice.strikes("erp_row_too_long"):
        street = row[2].partition(" ")
        return [*row[:2], street[0], street[2], *row[3:]]
    if dice.strikes("erp_row_too_short"):
        return row[: dice.random.randrange(2, 6)]
    return row


def _number(crm_id: int | None, dice: Dice, *, last_crm_id: int) -> str:
    random = dice.random
    if crm_id is None:
        return str(_NOBODY + random.randrange(_NOBODY // 10))
    if dice.strikes("erp_number_missing"):
        return random.choice(("", "", " "))
    if dice.strikes("erp_number_wrong"):
        somebody = random.randrange(1, last_crm_id + 1)
        nobody = _NOBODY + random.randrange(_NOBODY // 10)
        return str(nobody if somebody == crm_id else random.choice((somebody, nobody)))
    if dice.strikes("erp_number_format"):
        return noisy_values.number_format(crm_id, random)
    return str(crm_id)


def _full_name(person: Person, dice: Dice) -> str:
    random, given, family = dice.random, person.given, person.family
    if dice.strikes("erp_blank_name"):
        return ""
    if dice.strikes("nickname"):
        given = noisy_values.nickname(given, person.gender, random)
    if dice.strikes("name_typo"):
        family = noisy_values.typo(family, random)
    if dice.strikes("swapped_names"):
        given, family = family, given
    name = f"{family}, {given}" if dice.strikes("erp_name_format") else f"{given} {family}"
    return noisy_values.name_case(name, random) if dice.strikes("name_case") else name


def _street(street: str, dice: Dice) -> str:
    if dice.strikes("erp_blank_street"):
        return ""
    return noisy_values.street_format(street, dice.random) if dice.strikes("street_format") else street


def _coordinates(latitude: float, longitude: float, dice: Dice) -> str:
    if dice.strikes("missing_coordinates"):
        return ""
    if dice.strikes("coordinates_out_of_range"):
        latitude, longitude = noisy_values.out_of_range(latitude, longitude, dice.random)
    return f"{latitude} : {longitude}"
