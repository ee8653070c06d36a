"""Attributes as plain texts, taken apart where one field holds several, and null where they stand for nothing."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import with_columns
from customer_360.identity.prepare.addresses import split_address
from customer_360.identity.prepare.birth_dates import date_number
from customer_360.identity.prepare.mailboxes import first_address, valid_address
from customer_360.identity.prepare.numbers import identifier_text, phone_digits, phone_run
from customer_360.identity.prepare.person_names import split_full_name
from customer_360.identity.prepare.placeholders import is_nothing, is_one_letter
from customer_360.identity.prepare.scripts import plain_lower
from customer_360.parameters import AttributeKind, IdentityModel

_WITH_FORM: tuple[AttributeKind, ...] = (
    "email",
    "date",
    "phone",
)  # their own rules say what stands for nothing
# Two steps each: what is computed in the first is read several times in the second.
_FORMS: dict[AttributeKind, tuple[Callable[[Column], Column], Callable[[Column], Column]]] = {
    "phone": (phone_run, phone_digits),
    "digits": (identifier_text, lambda text: text),
    "email": (first_address, valid_address),
    "date": (date_number, lambda date: date),
}
_AS_GIVEN: tuple[AttributeKind, ...] = ("number",)
_OF_WORDS: tuple[AttributeKind, ...] = ("given_name", "name", "full_name", "street", "city")


def attribute_texts(records: DataFrame, model: IdentityModel) -> DataFrame:
    """Every attribute as plain lower-case text; names and addresses in their parts; telephones cut to the number.

    Args:
        records: any of the model's attributes, and other columns, which are carried.
        model: kinds of attributes, and placeholders.

    Returns:
        The other columns, and all attributes, those of some kinds in the form in which they are compared.
    """
    given = set(records.columns)
    carried = [name for name in records.columns if name not in model.attributes]
    lower = {
        name: _lower(F.col(name).cast("string"), kind) if name in given else F.lit(None).cast("string")
        for name, kind in model.attributes.items()
    }
    # one step after the other: an expression that the next one mentions twice would be computed twice
    texts = records.select(*carried, *[column.alias(name) for name, column in lower.items()])
    present = [name for name in model.attributes if name in given]
    worded = [name for name in present if model.attributes[name] not in _AS_GIVEN]
    texts = with_columns(texts, {name: plain_lower(F.col(name)) for name in worded})
    texts = with_columns(texts, {name: _something(name, model) for name in present})
    if "full_name" in given and {"full_name", "given_name", "family_name"} <= set(model.attributes):
        texts = split_full_name(texts)
        names = [name for name in ("given_name", "middle_name", "family_name") if name in model.attributes]
        texts = texts.withColumns({name: _something(name, model) for name in names})
    if {"street", "house_number"} <= set(model.attributes) and "street" in given:
        texts = split_address(texts)
    forms = {name: _FORMS[kind] for name, kind in model.attributes.items() if kind in _FORMS}
    texts = with_columns(texts, {name: first(F.col(name)) for name, (first, _) in forms.items()})
    return with_columns(texts, {name: second(F.col(name)) for name, (_, second) in forms.items()})


def _lower(text: Column, kind: AttributeKind) -> Column:
    """In small letters, but for numbers, whose letters may be all that tells two from one another."""
    return F.trim(text) if kind in _AS_GIVEN else F.lower(text)


def _something(name: str, model: IdentityModel) -> Column:
    """The text, or null where it stands for nothing."""
    given, kind = F.col(name), model.attributes[name]
    text = F.lower(given) if kind in _AS_GIVEN else given
    words = (*model.placeholders.get("any", ()), *model.placeholders.get(name, ()))
    nothing = (
        text.isin(sorted(word.lower() for word in words)) if kind in _WITH_FORM else is_nothing(text, words)
    )
    if kind in _OF_WORDS:
        nothing = nothing | is_one_letter(text)
    return F.when(~nothing & (given != ""), given)
