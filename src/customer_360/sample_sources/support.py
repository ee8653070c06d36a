"""Support tickets: elements of a JSON array."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from customer_360.sample_sources import noisy_values
from customer_360.sample_sources.noise import Dice
from customer_360.sample_sources.population import Person
from customer_360.sample_sources.values import Values
from customer_360.sample_sources.vocabulary import CATEGORIES, PRIORITIES, STATUSES, STRANGERS

_TICKETS_PER_CUSTOMER = (0,) * 40 + (1,) * 26 + (2,) * 13 + (3,) * 14 + (4,) * 6 + (7,)  # mean 1.25
_FIRST_DAY, _DAYS = date(2023, 1, 2), 1_050


def ticket_count(values: Values) -> int:
    """How many tickets a customer has."""
    return values.random.choice(_TICKETS_PER_CUSTOMER)


def support_ticket(person: Person, ticket_id: int, values: Values, dice: Dice) -> dict[str, Any] | str:
    """One ticket of a person with its noise; a string where the whole element is broken."""
    random = values.random
    day = _FIRST_DAY + timedelta(days=random.randrange(_DAYS))
    ticket: dict[str, Any] = {
        "ticket_id": ticket_id,
        "email": _email(person, dice),
        "category": random.choice(CATEGORIES),
        "status": random.choice(STATUSES),
        "created_at": day.strftime("%m/%d/%Y"),
        "priority": random.choice(PRIORITIES),
    }
    _noisy_words(ticket, dice)
    if dice.strikes("ticket_date_null"):
        ticket["created_at"] = None
    if dice.strikes("ticket_date_bad"):
        ticket["created_at"] = noisy_values.bad_ticket_date(random)
    if dice.strikes("ticket_without_id"):
        del ticket["ticket_id"]
    if dice.strikes("ticket_is_text"):
        return f"ticket {ticket_id}: see attachment"
    return ticket


def _email(person: Person, dice: Dice) -> str | None:
    random, email = dice.random, person.email
    if dice.strikes("ticket_email_missing"):
        return random.choice((None, ""))
    if dice.strikes("ticket_email_second"):
        return person.second_email
    if dice.strikes("ticket_email_typo"):
        return noisy_values.email_typo(email, random)
    if dice.strikes("ticket_email_plus_tag"):
        return noisy_values.plus_tag(email, random)
    return noisy_values.email_case(email, random) if dice.strikes("email_case") else email


def _noisy_words(ticket: dict[str, Any], dice: Dice) -> None:
    random = dice.random
    if dice.strikes("ticket_word_case"):
        word = random.choice(("category", "status", "priority"))
        ticket[word] = random.choice((ticket[word].upper(), ticket[word].title(), f" {ticket[word]} "))
    for word in ("category", "status", "priority"):
        if dice.strikes(f"ticket_{word}_stranger"):
            ticket[word] = random.choice(STRANGERS[word])
        if dice.strikes(f"ticket_{word}_null"):
            ticket[word] = random.choice((None, None, ""))
