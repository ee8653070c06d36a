"""Records to features: every attribute in the one form in which it is compared.

Features are columns named as the attribute, and a few more that an attribute's kind adds (``given_formal``,
``mailbox``). All are null where there is nothing to compare. The expressions are SQL functions that Sail and
JVM Spark share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.nicknames import formal_names
from customer_360.identity.normalise import normalised, without_tag
from customer_360.identity.texts import SUFFIXES, TITLES, attribute_texts
from customer_360.parameters.identity import IdentityModel
from customer_360.portable import null_if, try_cast

OF_MAILBOX_AND_NAMES = ("mailbox_names", "mailbox_first", "mailbox_last")
_TWO_NAMES = r"^([a-z]{2,})[._-]([a-z]{2,})[0-9]*$"
_MONTHS = 12
_SHORTEST_PHONE = 7  # digits
# One pass over the text: the letters of a word that its abbreviation keeps are the groups.
_STREET_WORDS = (
    r"\b(?:(st)reet|(av)e(?:nue)?|(r)oa(d)|(dr)ive|(l)a(n)e|(pl)ace|(c)our(t)|(cr)es(?:cent)?|(ci)r(?:cuit|cle)|"
    r"(cl)ose|(b)ou(l)e(v)ar(d)|(t)erra(ce)|(p)ara(de)|(h)igh(w)a(y)|(p)ar(k)(w)a(y)|(sq)uare|(tr)ai(l)|(w)a(y)|"
    r"(n)orth|(s)outh|(e)ast|(w)est|(n)orth(e)ast|(n)orth(w)est|(s)outh(e)ast|(s)outh(w)est)\b"
)
_KEPT_LETTERS = "".join(f"${group}" for group in range(1, re.compile(_STREET_WORDS).groups + 1))


def features(records: DataFrame, model: IdentityModel, *, keep: Sequence[str] = ()) -> DataFrame:
    """Bring records into the form that keys and comparisons read.

    Args:
        records: ``source, key`` and any of the model's attributes; an attribute that is missing is null.
        model: which attributes there are, how each is normalised, and which values mean nothing.
        keep: further columns to carry along.

    Returns:
        ``rid`` BIGINT (a hash of source and key), ``source, key``, the features and ``keep``.
    """
    texts = attribute_texts(records, model)
    found = texts.select(
        F.xxhash64("source", "key").alias("rid"),
        "source",
        "key",
        *[
            column.alias(name)
            for attribute, kind in model.attributes.items()
            for name, column in _KINDS[kind](attribute).items()
            if kind != "full_name"
        ],
        *keep,
    )
    return _with_mailbox_names(_with_formal_names(found, model), model)


def feature_names(model: IdentityModel) -> list[str]:
    """Names of the features that a model's records have."""
    names = [
        name
        for attribute, kind in model.attributes.items()
        for name in _KINDS[kind](attribute)
        if kind != "full_name"
    ]
    if "given_name" in model.attributes:
        names += ["given_formal", "given_forms"]
    return names + ([*OF_MAILBOX_AND_NAMES, "email_in_name"] if _has_mailbox(model) else [])


# ------------------------------------------------------------------------------------------ kinds of attributes
def _letters(column: Column) -> Column:
    return null_if(F.regexp_replace(column, "[^a-z]+", ""), F.lit(""))


def _given_name(attribute: str) -> dict[str, Column]:
    """First word of the given names; the others count as middle names (see ``_middle``)."""
    bare = F.regexp_replace(F.col(attribute), TITLES, "")
    return {attribute: _letters(F.regexp_extract(bare, r"^([^ .]+)", 1))}


def _name(attribute: str) -> dict[str, Column]:
    return {attribute: _letters(F.regexp_replace(F.col(attribute), SUFFIXES, ""))}


def _date(attribute: str) -> dict[str, Column]:
    """Eight digits, year first, as an INT; not necessarily a day of the calendar, since typos count too.

    Years come first or last; a first part of 13 and more cannot be a month.
    """
    text = F.col(attribute)
    year_first = r"^([0-9]{4})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{1,2})(?:[^0-9].*)?$"
    year_last = r"^([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4})$"

    def part(pattern: str, group: int) -> Column:
        return F.regexp_extract(text, pattern, group).cast("int")

    first, second = part(year_last, 1), part(year_last, 2)
    month, day = (
        F.when(first > _MONTHS, second).otherwise(first),
        F.when(first > _MONTHS, first).otherwise(second),
    )
    return {
        attribute: F.when(text.rlike(r"^[0-9]{8}$"), try_cast(text, "int"))
        .when(  # what most dates look like
            text.rlike(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), try_cast(F.replace(text, F.lit("-")), "int")
        )
        .when(
            text.rlike(year_first),
            part(year_first, 1) * 10000 + part(year_first, 2) * 100 + part(year_first, 3),
        )
        .when(text.rlike(year_last), part(year_last, 3) * 10000 + month * 100 + day)
    }


def _sex(attribute: str) -> dict[str, Column]:
    first = F.substring(F.col(attribute), 1, 1)
    return {attribute: F.when(first.isin("f", "w"), F.lit("f")).when(first == "m", F.lit("m"))}


def _email(attribute: str) -> dict[str, Column]:
    """The address without its plus-tag; the mailbox's letters; its digits.

    Letters of a mailbox with a number are in alphabetical order. Others are made of names and nothing else, and are
    not compared in any order but their own.
    """
    # x at y.org, x@@y.org and x@y.org, are typed by people who mean x@y.org
    repaired = F.regexp_replace(F.regexp_replace(F.col(attribute), r" at |@@+", "@"), r"[ ,;.]+$", "")
    address = without_tag(repaired)
    valid = F.when(address.rlike(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), address)
    mailbox = F.split_part(valid, F.lit("@"), F.lit(1))
    letters, number = _letters(mailbox), null_if(F.regexp_replace(mailbox, "[^0-9]+", ""), F.lit(""))
    return {
        attribute: valid,
        "mailbox": F.when(number.isNotNull(), _sorted_letters(letters)).otherwise(letters),
        "mailbox_number": number,
    }


def _phone(attribute: str) -> dict[str, Column]:
    """The last nine digits, which do without country code and trunk prefix; null if fewer than seven."""
    digits = F.regexp_replace(F.col(attribute), "[^0-9]+", "")
    repeated = digits.rlike(r"^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$")
    return {attribute: F.when((F.length(digits) >= _SHORTEST_PHONE) & ~repeated, F.substring(digits, -9, 9))}


def _digits(attribute: str) -> dict[str, Column]:
    return {attribute: null_if(F.regexp_replace(F.col(attribute), "[^0-9a-z]+", ""), F.lit(""))}


def _number(attribute: str) -> dict[str, Column]:
    """``C-0012``, ``12.0`` and ``12`` are one number; what holds no whole number, or is a made-up key, is none."""
    return {attribute: normalised(F.col(attribute), "number")}


def _street(attribute: str) -> dict[str, Column]:
    """Suffixes and compass words abbreviated, no spaces."""
    short = F.regexp_replace(F.col(attribute), _STREET_WORDS, _KEPT_LETTERS)
    return {attribute: null_if(F.regexp_replace(short, "[^0-9a-z]+", ""), F.lit(""))}


def _plain(attribute: str) -> dict[str, Column]:
    return {attribute: null_if(F.regexp_replace(F.col(attribute), "[^0-9a-z]+", ""), F.lit(""))}


_KINDS: dict[str, Callable[[str], dict[str, Column]]] = {
    "given_name": _given_name,
    "name": _name,
    "full_name": _plain,
    "date": _date,
    "sex": _sex,
    "email": _email,
    "phone": _phone,
    "digits": _digits,
    "number": _number,
    "street": _street,
    "text": _plain,
}


# --------------------------------------------------------------------------------------- features of several
def _sorted_letters(letters: Column) -> Column:
    """The same for ``john.smith`` and ``smithjohn``."""
    return F.array_join(F.array_sort(F.split(letters, "")), "")


def _with_formal_names(found: DataFrame, model: IdentityModel) -> DataFrame:
    """``given_formal``: one form for all nicknames of a name; ``given_forms``: all formal names it may stand for."""
    if "given_name" not in model.attributes:
        return found
    table = found.sparkSession.createDataFrame(
        formal_names(), "name STRING, given_formal STRING, given_forms STRING"
    )
    joined = found.join(F.broadcast(table), found["given_name"] == table["name"], "left").drop("name")
    return joined.withColumn("given_formal", F.coalesce("given_formal", "given_name"))


def _with_mailbox_names(found: DataFrame, model: IdentityModel) -> DataFrame:
    if not _has_mailbox(model):
        return found
    # whether the mailbox is made from the record's own name, as far as one can see
    given, family = F.col("given_name"), F.col("family_name")
    email = next(name for name, kind in model.attributes.items() if kind == "email")
    mailbox = F.split_part(F.col(email), F.lit("@"), F.lit(1))
    letters, two_names = _letters(mailbox), given.isNull() & family.isNull() & mailbox.rlike(_TWO_NAMES)
    initial = F.concat(F.substring(given, 1, 1), family)
    plainly = letters.contains(given) | letters.contains(F.col("given_formal")) | (letters == family)
    nearly = (
        (F.levenshtein(letters, initial, 1) >= 0)
        | (F.levenshtein(letters, F.concat(given, family), 2) >= 0)
        | (F.levenshtein(letters, F.concat(family, given), 2) >= 0)
    )
    return found.withColumns(
        {
            # only mailboxes with a number are compared with it
            "mailbox_names": F.when(
                F.col("mailbox_number").isNotNull(), _sorted_letters(F.concat(given, family))
            ),
            # wesley_gray51@x.org, of a record without names
            "mailbox_first": F.when(two_names, F.regexp_extract(mailbox, _TWO_NAMES, 1)),
            "mailbox_last": F.when(two_names, F.regexp_extract(mailbox, _TWO_NAMES, 2)),
            # distances, which are dear, where nothing simpler holds
            "email_in_name": F.when(plainly, F.lit(True)).otherwise(nearly),
        }
    )


def _has_mailbox(model: IdentityModel) -> bool:
    return "email" in model.attributes.values() and {"given_name", "family_name"} <= set(model.attributes)


def union(frames: Sequence[DataFrame]) -> DataFrame:
    """Union by name of frames, columns that some lack being null."""
    return reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), frames)
