"""Postal addresses: number, street and unit (flat, floor, staircase) out of a line, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import null_if, try_cast
from customer_360.identity.prepare.scripts import letters_and_digits
from customer_360.identity.prepare.units import (
    ADDRESS_LINE,
    UNIT_PARTS,
    has_unit_words,
    names_a_unit,
    take_units,
    unit_of,
)

_LETTER = "[a-df-mo-rt-vx-z]"  # of a house number: not a compass point
_NUMBER = r"[0-9]+[a-z]?(?:-[0-9]+[a-z]?)?"
_SUFFIX = (
    "(?:st|str|street|ave?|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|terrace|hwy|"
    "highway)"
)
_PO_BOX = (
    r"^(?:p[. ]*o[. ]*box|post ?box|post office box|postfach|postbus|apartado(?: de correos)?|apdo[.]?|"
    r"casella postale|boite postale|b[.]? ?p[.]?|c[.]p[.]|g[.]?p[.]?o[.]? box|pf[.]?) *(?:no|nr|n)?[.:]? *"
    r"([0-9][0-9 ]*[a-z]?)\b.*$"
)
_CARE_OF = r"^(?:c/o|z[.] ?hd[.]?|attn[.:]?|att[.:]) [^,]*, *"
_NUMBER_SIGN = r"\b(?:n[\x{00ba}\x{00b0}]|nr[.]?|num[.]?|numero|no[.]?)[.]? *([0-9])"
_SPACED_RANGE = r"([0-9][a-z]?) - ([0-9])"
_TIDY_COMMAS = r"[ ,;/]*,[ ,;/-]*"
_BEFORE = r"^(.*[^0-9 ,/-])[ ,]+"
_SIGN = r"[.\x{00ba}\x{00aa}\x{00b0}]*"
# what most lines are
_SIMPLE = r"^[0-9]+[a-z]? [a-z]{2}[a-z .'-]*$"
_SIMPLE_NUMBER, _SIMPLE_STREET = "^[0-9]+[a-z]?$", r"^[a-z][a-z .'-]*$"
_SAME_NUMBER = r"^([0-9]+)-([0-9]+)([a-z])$"  # 92-92a


@dataclass(frozen=True)
class _Form:
    """A way of writing number and street; the parts are numbers of groups of the pattern (0: none)."""

    pattern: str
    number: tuple[int, ...]
    street: int
    door: int = 0
    block: int = 0
    floor: int = 0
    suffix: str = ""
    unless: str | None = None
    falling: tuple[int, int] | None = None  # the first of two groups is the larger number: 12-2 is no range


_FORMS = (
    _Form(
        r"^([0-9]+[a-z]?)[ ,]+([^0-9 ,/].*)$", (1,), 2, unless=rf"^[0-9]+ (?:bis|ter|quater|{_LETTER})\b"
    ),
    # the number comes first
    _Form(r"^([0-9]+[a-z]?|[a-z])/([0-9]+[a-z]?)[ ,]+([^0-9 ].*)$", (2,), 3, door=1),  # 3/10 high street
    _Form(r"^([0-9]+)-([0-9]+)[ ,]+(.*[^ ,].*)$", (2,), 3, door=1, falling=(1, 2)),  # 1204-55 king street
    _Form(r"^([0-9]+)[ -]1/2[ ,]+(.*)$", (1,), 2, suffix="half"),
    _Form(  # 14a 34 kings road, but not 10715 104 street
        rf"^([0-9]+-?[a-z]?)[ ,]+({_NUMBER})[ ,]+([^0-9 ,/].*)$", (2,), 3, door=1,
        unless=rf"^[0-9]+-?[a-z]?[ ,]+{_NUMBER}[ ,]+{_SUFFIX}\b",
    ),
    _Form(r"^([0-9]+) ?(bis|ter|quater)\b[ ,]*(.*)$", (1, 2), 3),
    _Form(  # 12 a high street, but not 100 a street
        rf"^([0-9]+) ({_LETTER})[ ,]+([^ ,]+[ ,]+[^ ,].*)$", (1, 2), 3, unless=rf"^[0-9]+ [a-z] {_SUFFIX}\b"
    ),
    _Form(rf"^({_NUMBER})[ ,]+(.*[^ ,].*)$", (1,), 2),
    # the number comes last
    _Form(_BEFORE + r"([0-9]+[a-z]?)/([0-9]+)/([0-9]+[a-z]?)$", (2,), 1, block=3, door=4),  # 12/2/5
    _Form(  # 5, 3. 2 and 5, 2. left
        _BEFORE + rf"([0-9]+[a-z]?), *([0-9]+){_SIGN} *([0-9]+|[a-z]{{1,2}}|left|right){_SIGN}$",
        (2,), 1, floor=3, door=4,
    ),
    _Form(
        _BEFORE + rf"([0-9]+[a-z]?)(?:,? +|, *)([0-9]+[a-z]?|i{{1,3}}|iv|hs|huis|boven|beneden){_SIGN}$",
        (2,), 1, door=3,
    ),
    _Form(_BEFORE + r"([0-9]+)-([0-9]+)$", (2,), 1, door=3, falling=(2, 3)),  # kerkstraat 12-2
    _Form(
        _BEFORE + r"([0-9]+(?:-[0-9]+)?)(?:[ /-]?([a-z]|bis|ter|quater))?(?: ?/ ?([0-9]+[a-z]?))?$", (2, 3), 1, door=4
    ),
)  # fmt: skip


_NO_FORM, _SIMPLE_FORM = -1, -2


def split_address(texts: DataFrame) -> DataFrame:
    """House number and unit out of the street line, unless they have columns of their own.

    Args:
        texts: plain texts with ``street, house_number`` and perhaps ``unit``.

    Returns:
        The same columns; ``house_number`` (``12a``, ``12bis``, ``10-12``), ``street`` as text, and ``unit`` in the
        form of :func:`~.units.unit_of`.
    """
    columns = texts.columns
    own_unit = F.col("unit") if "unit" in columns else F.lit(None).cast("string")
    asked = texts.withColumn("_complex", ~_is_simple(own_unit))
    asked = asked.withColumn(
        ADDRESS_LINE, F.when(F.col("_complex"), _line(own_unit))
    )  # null: nothing to be taken out
    taken = take_units(asked)
    taken = taken.withColumn(ADDRESS_LINE, F.when(F.col("_complex"), _without_edges(F.col(ADDRESS_LINE))))
    formed = taken.withColumn("_form", F.when(F.col("_complex"), _form()).otherwise(_SIMPLE_FORM))
    box = F.when(F.col("_complex"), F.regexp_extract(F.col("street"), _PO_BOX, 1)).otherwise("")
    boxed = formed.withColumn("_box", F.coalesce(box, F.lit(""))).withColumns(_parts())
    in_box = F.col("_box") != ""
    number = F.when(in_box, F.replace(F.col("_box"), F.lit(" "))).otherwise(_one_number(F.col("_number")))
    changed = {
        "house_number": F.when(F.col("street").isNull(), F.col("house_number")).otherwise(
            null_if(number, F.lit(""))
        ),
        "street": F.when(in_box, F.lit("pobox")).otherwise(null_if(F.col("_street"), F.lit(""))),
    }
    if "unit" in columns:
        own = letters_and_digits(own_unit)
        changed["unit"] = F.when(~in_box, F.coalesce(unit_of(*map(F.col, UNIT_PARTS)), own))
    return boxed.withColumns(changed).select(*columns)


def comparable_postal_code(text: Column) -> Column:
    """Letters and digits, without the country in front (``D-50667``) and the US route behind (``12345-6789``)."""
    return F.when(text.rlike("^[a-z0-9]+$"), text).otherwise(_local_postal_code(text))


def _local_postal_code(text: Column) -> Column:
    local = F.regexp_replace(text, r"^[a-z]{1,3}[ -]+([0-9]{3})", "$1")
    short = F.regexp_replace(F.regexp_replace(local, r"^([0-9]{5})-[0-9]{4}$", "$1"), "[.]0$", "")
    return null_if(letters_and_digits(short), F.lit(""))


def _is_simple(own_unit: Column) -> Column:
    """BOOLEAN: a number and the words of a street, or either in its own column, and nothing else; never null."""
    street, number = F.col("street"), F.col("house_number")
    in_line = number.isNull() & street.rlike(_SIMPLE)
    in_columns = number.rlike(_SIMPLE_NUMBER) & street.rlike(_SIMPLE_STREET)
    simple = own_unit.isNull() & (in_line | in_columns) & ~has_unit_words(street)
    return street.isNull() | F.coalesce(simple, F.lit(False))


def _line(own_unit: Column) -> Column:
    """Unit, street and number as one line, so that they are read the same wherever they came from."""
    street, own = F.col("street"), F.regexp_replace(F.col("house_number"), r"^([0-9]+)[ -]([a-z])$", "$1$2")
    simple_unit = own_unit.rlike(r"^[0-9]+ ?-?[a-z]?$|^[a-z] ?-?[0-9]*$")
    unit = F.when(names_a_unit(own_unit), own_unit).when(
        simple_unit, F.concat(F.lit("unit "), F.replace(own_unit, F.lit(" ")))
    )
    repeated = street.startswith(F.concat(own, F.lit(" "))) | street.endswith(F.concat(F.lit(" "), own))
    line = (
        F.when(own.isNull() | repeated, street)
        .when(own.rlike(rf"^{_NUMBER}$"), F.concat_ws(" ", own, street))
        # what holds more than the number (12/3) is read as it is after a street
        .otherwise(F.concat_ws(" ", street, own))
    )
    joined = F.regexp_replace(F.regexp_replace(line, _CARE_OF, ""), _SPACED_RANGE, "$1-$2")
    # No. 5 is the house, unless another number comes before it
    numbered = F.when(joined.rlike("^[^0-9]"), F.regexp_replace(joined, _NUMBER_SIGN, "$1")).otherwise(joined)
    return F.when(street.isNotNull(), F.concat_ws(", ", unit, numbered))


def _without_edges(line: Column) -> Column:
    return F.regexp_replace(F.regexp_replace(line, _TIDY_COMMAS, ", "), "^[ ,;/-]+|[ ,;/-]+$", "")


def _form() -> Column:
    """INT: the first form that fits what is left of the line."""
    numbered = reversed(list(enumerate(_FORMS)))
    return reduce(
        lambda rest, item: F.when(_fits(item[1]), item[0]).otherwise(rest), numbered, F.lit(_NO_FORM)
    )


def _fits(form: _Form) -> Column:
    line = F.col(ADDRESS_LINE)
    fits = line.rlike(form.pattern)
    if form.unless:
        fits = fits & ~line.rlike(form.unless)
    if form.falling:
        first, second = (try_cast(F.regexp_extract(line, form.pattern, g), "bigint") for g in form.falling)
        fits = fits & (first >= second)
    return fits


def _parts() -> dict[str, Column]:
    """``_number``, ``_street`` and the parts of a unit, by ``_form``."""
    street, own, line = F.col("street"), F.col("house_number"), F.col(ADDRESS_LINE)
    number = F.coalesce(own, F.split_part(street, F.lit(" "), F.lit(1)))
    after = F.when(own.isNull(), F.expr("substring(street, instr(street, ' ') + 1)")).otherwise(street)
    numbers = {
        at: F.concat(*[_group(form, part) for part in form.number], F.lit(form.suffix))
        for at, form in enumerate(_FORMS)
    }
    streets = {at: _group(form, form.street) for at, form in enumerate(_FORMS)}
    parts = {
        "_number": _by_form({**numbers, _SIMPLE_FORM: number}, F.lit("")),
        "_street": _by_form({**streets, _SIMPLE_FORM: after}, line),
    }
    for column, name in zip(UNIT_PARTS, ("block", "floor", "door"), strict=True):
        more = {
            at: _group(form, getattr(form, name)) for at, form in enumerate(_FORMS) if getattr(form, name)
        }
        # beside a unit that was found in words
        both = {
            at: F.concat_ws("-", null_if(F.col(column), F.lit("")), null_if(found, F.lit("")))
            for at, found in more.items()
        }
        parts[column] = _by_form({**both, _SIMPLE_FORM: F.lit("")}, F.col(column))
    return parts


def _group(form: _Form, number: int) -> Column:
    return F.regexp_extract(F.col(ADDRESS_LINE), form.pattern, number)


def _by_form(values: Mapping[int, Column], otherwise: Column) -> Column:
    chosen = otherwise
    for form, value in values.items():
        chosen = F.when(F.col("_form") == form, value).otherwise(chosen)
    return chosen


def _one_number(number: Column) -> Column:
    """``92-92a`` is 92; zeros in front do not count. A range stays one: 10-12 is not 10."""
    first, second = F.regexp_extract(number, _SAME_NUMBER, 1), F.regexp_extract(number, _SAME_NUMBER, 2)
    one = F.when((first != "") & (first == second), first).otherwise(number)
    return _unpadded(one)


def _unpadded(number: Column) -> Column:
    return F.when(number.startswith("0"), F.regexp_replace(number, "^0+([0-9])", "$1")).otherwise(number)
