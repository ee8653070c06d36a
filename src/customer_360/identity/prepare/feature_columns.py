"""Records to features: every attribute in the one form in which it is compared.

Features are columns named as the attribute, and a few more that an attribute's kind adds (``given_formal``,
``mailbox``). All are null where there is nothing to compare. The expressions are SQL functions that Sail and
JVM Spark share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import null_if
from customer_360.identity.prepare.addresses import comparable_postal_code
from customer_360.identity.prepare.birth_dates import is_no_birth_date
from customer_360.identity.prepare.mailboxes import letters_of_mailbox, sorted_letters
from customer_360.identity.prepare.nicknames import formal_names
from customer_360.identity.prepare.normalise import comparable_value
from customer_360.identity.prepare.numbers import identifier, phone_number
from customer_360.identity.prepare.person_names import untitled
from customer_360.identity.prepare.placeholders import is_nobodys_mailbox
from customer_360.identity.prepare.scripts import letters_only, with_plain_umlauts, without_digraphs
from customer_360.identity.prepare.streets import bare, place, street
from customer_360.identity.prepare.texts import attribute_texts
from customer_360.parameters import AttributeKind, IdentityModel

_SCIENTIFIC = r"^[0-9.]+[eE][+-]?[0-9]+$"
OF_MAILBOX_AND_NAMES = ("mailbox_names", "mailbox_first", "mailbox_last")
_TWO_NAMES = r"^([a-z]{2,})[._-]([a-z]{2,})[0-9]*$"


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
            for name, column in _features_of(attribute, model).items()
            if kind != "full_name"
        ],
        *keep,
    )
    return _with_mailbox_names(_with_formal_names(found, model), model)


def _features_of(attribute: str, model: IdentityModel) -> dict[str, Column]:
    return _KINDS[model.attributes[attribute]](attribute, model.placeholders.get(attribute, ()))


def feature_names(model: IdentityModel) -> list[str]:
    """Names of the features that a model's records have."""
    names = [
        name
        for attribute, kind in model.attributes.items()
        for name in _features_of(attribute, model)
        if kind != "full_name"
    ]
    if "given_name" in model.attributes:
        names += ["given_formal", "given_forms"]
    return names + ([*OF_MAILBOX_AND_NAMES, "email_in_name"] if _has_mailbox(model) else [])


def made_of(model: IdentityModel) -> dict[str, list[str]]:
    """Features that are made of each attribute, itself among them: without it, they are nothing."""
    of_mailbox = [*OF_MAILBOX_AND_NAMES, "email_in_name"] if _has_mailbox(model) else []
    more = {name: of_mailbox if kind == "email" else [] for name, kind in model.attributes.items()}
    return {name: [*_features_of(name, model), *more[name]] for name in model.attributes}


# ------------------------------------------------------------------------------------------ kinds of attributes
def _letters(column: Column) -> Column:
    """Letters of any script."""
    return null_if(letters_only(column), F.lit(""))


def _given_name(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    """First word of the given names; letters that stand for an umlaut are its plain letter."""
    first = F.regexp_extract(untitled(F.col(attribute)), r"^([^ .,]+)", 1)
    return {attribute: _letters(with_plain_umlauts(first))}


def _name(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: _letters(with_plain_umlauts(untitled(F.col(attribute))))}


def _date(attribute: str, placeholders: Iterable[str]) -> dict[str, Column]:
    return {attribute: F.when(~is_no_birth_date(F.col(attribute), placeholders), F.col(attribute))}


def _sex(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    first = F.substring(F.col(attribute), 1, 1)
    return {attribute: F.when(first.isin("f", "w"), F.lit("f")).when(first == "m", F.lit("m"))}


def _email(attribute: str, placeholders: Iterable[str]) -> dict[str, Column]:
    """The address without its plus-tag; the mailbox's letters; its digits. Nobody's address is none.

    Letters of a mailbox with a number are in alphabetical order. Others are made of names and nothing else, and are
    not compared in any order but their own.
    """
    address = F.col(attribute)
    valid = F.when(~is_nobodys_mailbox(address, placeholders), address)
    mailbox = F.split_part(valid, F.lit("@"), F.lit(1))
    letters, number = (
        letters_of_mailbox(mailbox),
        null_if(F.regexp_replace(mailbox, "[^0-9]+", ""), F.lit("")),
    )
    return {
        attribute: valid,
        "mailbox": F.when(number.isNotNull(), sorted_letters(letters)).otherwise(letters),
        "mailbox_number": number,
    }


def _phone(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: phone_number(F.col(attribute))}


def _digits(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: identifier(F.col(attribute))}


def _number(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    """``0012``, ``12.0`` and ``12`` are one number, ``C-0012`` is ``C12``; ids of letters and digits are as they are.

    ``<attribute>_digits``: the number without its letters. DE-1001 and AT-1001 have the same digits and are not equal.
    """
    text, digits = F.col(attribute), comparable_value(F.col(attribute), "number")
    letters = F.regexp_replace(text, r"[^\p{L}]+", "")
    is_id = (
        text.rlike(r"^[0-9A-Za-z_-]*[A-Za-z][0-9A-Za-z_-]*$") & text.rlike("[0-9]") & ~text.rlike(_SCIENTIFIC)
    )
    form = F.when(digits.isNotNull(), F.concat(letters, digits)).when(is_id, text)
    return {attribute: form, f"{attribute}_digits": digits}


def _street(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: street(F.col(attribute))}


def _city(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: place(F.col(attribute))}


def _house_number(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    """``12a``, ``10-12``: the dash of a range stays, since 1-23 is not 12-3."""
    number = F.col(attribute)
    bare_number = F.regexp_replace(number, r"[^\p{L}\p{M}\p{N}-]+", "")
    return {attribute: null_if(F.when(number.rlike("[^a-z0-9]"), bare_number).otherwise(number), F.lit(""))}


def _unit(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: null_if(F.col(attribute), F.lit(""))}


def _postal_code(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: comparable_postal_code(F.col(attribute))}


def _plain(attribute: str, _: Iterable[str]) -> dict[str, Column]:
    return {attribute: bare(F.col(attribute))}


_KINDS: dict[AttributeKind, Callable[[str, Iterable[str]], dict[str, Column]]] = {
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
    "house_number": _house_number,
    "unit": _unit,
    "postal_code": _postal_code,
    "city": _city,
    "text": _plain,
}


# --------------------------------------------------------------------------------------- features of several
def _with_formal_names(found: DataFrame, model: IdentityModel) -> DataFrame:
    """``given_formal``: one form for all nicknames of a name; ``given_forms``: all formal names it may stand for."""
    if "given_name" not in model.attributes:
        return found
    table = found.sparkSession.createDataFrame(
        formal_names(), "name STRING, given_formal STRING, given_forms STRING"
    )
    # null-safe, though no name is null: where keys are simply equal, JVM Spark looks for partitions to skip, and for
    # that writes out all the steps that a name is made in, again and again
    same = found["given_name"].eqNullSafe(table["name"])
    joined = found.join(F.broadcast(table), same, "left").drop("name")
    return joined.withColumn("given_formal", F.coalesce("given_formal", "given_name"))


def _with_mailbox_names(found: DataFrame, model: IdentityModel) -> DataFrame:
    if not _has_mailbox(model):
        return found
    # whether the mailbox is made from the record's own name, as far as one can see
    given, family = F.col("given_name"), F.col("family_name")
    email = next(name for name, kind in model.attributes.items() if kind == "email")
    mailbox = F.split_part(F.col(email), F.lit("@"), F.lit(1))
    letters, two_names = (
        letters_of_mailbox(mailbox),
        given.isNull() & family.isNull() & mailbox.rlike(_TWO_NAMES),
    )
    # where names meet, letters may seem to stand for an umlaut (marco.eder): neither side knows of any
    first, formal, last = (without_digraphs(name) for name in (given, F.col("given_formal"), family))
    plainly = letters.contains(first) | letters.contains(formal) | (letters == last)
    nearly = (
        (F.levenshtein(letters, F.concat(F.substring(first, 1, 1), last), 1) >= 0)
        | (F.levenshtein(letters, F.concat(first, last), 2) >= 0)
        | (F.levenshtein(letters, F.concat(last, first), 2) >= 0)
    )
    return found.withColumns(
        {
            # only mailboxes with a number are compared with it
            "mailbox_names": F.when(
                F.col("mailbox_number").isNotNull(), sorted_letters(without_digraphs(F.concat(given, family)))
            ),
            # wesley_gray51@x.org, of a record without names
            "mailbox_first": F.when(two_names, with_plain_umlauts(F.regexp_extract(mailbox, _TWO_NAMES, 1))),
            "mailbox_last": F.when(two_names, with_plain_umlauts(F.regexp_extract(mailbox, _TWO_NAMES, 2))),
            # distances, which are dear, where nothing simpler holds
            "email_in_name": F.when(plainly, F.lit(True)).otherwise(nearly),
        }
    )


def _has_mailbox(model: IdentityModel) -> bool:
    return "email" in model.attributes.values() and {"given_name", "family_name"} <= set(model.attributes)
