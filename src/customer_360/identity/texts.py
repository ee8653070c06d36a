"""Attributes as tidy texts, taken apart where one field holds several."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.parameters.identity import IdentityModel
from customer_360.portable import null_if

TITLES = (
    r"^((mr|mrs|ms|miss|mx|dr|prof|sir|dame|rev|hon|lord|lady|capt|captain|col|colonel|sgt|lt|major|gen|fr|sr|"
    r"herr|frau)\b\.? *)+"
)
SUFFIXES = r"[ ,]+(jr|sr|ii|iii|iv|phd|md|esq)\.?$"
_UNIT = r"\b(?:apt|apartment|unit|suite|ste|flat|no|#) *([0-9a-z]+)\s*$"


def _without_accents() -> tuple[str, str]:
    """Small Latin letters with marks, and the plain letter of each."""
    plain = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "ß": "s", "æ": "a", "œ": "o"}
    for code in [*range(0xDF, 0x250), *range(0x1E00, 0x1F00)]:
        letter = chr(code)
        base = unicodedata.normalize("NFD", letter)[0]
        if letter == letter.lower() and base != letter and "a" <= base <= "z":
            plain[letter] = base
    return "".join(plain), "".join(plain.values())


_ACCENTED, _PLAIN = _without_accents()


def attribute_texts(records: DataFrame, model: IdentityModel) -> DataFrame:
    """Every attribute as tidy lower-case text without accents; names from the full name where they are blank."""
    given = set(records.columns)
    carried = [name for name in records.columns if name not in model.attributes]
    columns = {
        attribute: _text(
            F.col(attribute), (*model.placeholders.get("any", ()), *model.placeholders.get(attribute, ()))
        )
        if attribute in given
        else F.lit(None).cast("string")
        for attribute in model.attributes
    }
    texts = records.select(*carried, *[column.alias(name) for name, column in columns.items()])
    if "full_name" in given and {"full_name", "given_name", "family_name"} <= set(model.attributes):
        texts = _split_full_name(texts)
    if {"street", "house_number"} <= set(model.attributes) and "street" in given:
        texts = _split_street(texts)
    return texts


def _text(column: Column, placeholders: Sequence[str]) -> Column:
    tidy = F.trim(
        F.regexp_replace(F.translate(F.lower(column.cast("string")), _ACCENTED, _PLAIN), r"\s+", " ")
    )
    nothing = (
        (tidy == "") | tidy.isin([value.lower() for value in placeholders]) if placeholders else tidy == ""
    )
    return F.when(~nothing, tidy)


def _split_full_name(texts: DataFrame) -> DataFrame:
    name = F.regexp_replace(F.regexp_replace(F.col("full_name"), TITLES, ""), SUFFIXES, "")
    turned = F.regexp_replace(name, r"^([^,]+), *([^,]+)$", "$2 $1")
    first, last = F.regexp_extract(turned, r"^(\S+)", 1), F.regexp_extract(turned, r"^\S+ (?:.* )?(\S+)$", 1)
    middle = F.regexp_extract(turned, r"^\S+ (.*) \S+$", 1)
    blank = F.col("given_name").isNull() & F.col("family_name").isNull()
    parts = {"given_name": first, "family_name": last}
    if "middle_name" in texts.columns:
        parts["middle_name"] = middle
    return texts.withColumns(
        {name: F.when(blank, null_if(part, F.lit(""))).otherwise(F.col(name)) for name, part in parts.items()}
    )


def _split_street(texts: DataFrame) -> DataFrame:
    """House number (and unit) out of the street line, where they have no column of their own."""
    street, number = F.col("street"), F.col("house_number")
    unit = F.regexp_extract(street, _UNIT, 1)
    bare = F.regexp_replace(street, r"[, ]*" + _UNIT, "")
    leading = F.regexp_extract(bare, r"^([0-9]+[a-z]?)[ ,]", 1)
    trailing = F.regexp_extract(bare, r"[a-z.][ ,]+([0-9]+[a-z]?)$", 1)
    found = F.when(leading != "", leading).otherwise(null_if(trailing, F.lit("")))
    changed = {
        "house_number": F.coalesce(number, found),
        "street": F.when(number.isNotNull() | found.isNull(), bare).otherwise(
            F.trim(
                F.regexp_replace(F.regexp_replace(bare, r"^[0-9]+[a-z]?[ ,]+", ""), r"[ ,]+[0-9]+[a-z]?$", "")
            )
        ),
    }
    if "unit" in texts.columns:
        changed["unit"] = F.coalesce(F.col("unit"), null_if(unit, F.lit("")))
    return texts.withColumns(changed)
