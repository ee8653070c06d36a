"""The unit of an address: flat, floor, staircase or building, in many words of many languages."""

from __future__ import annotations

import re

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import null_if

ADDRESS_LINE = "_line"
UNIT_PARTS = ("_block", "_floor", "_door")

# What names a unit: 12, 4b, 4-b, b, b4.
_NUMBERED, _LETTERED = r"([0-9]+(?:-?[a-z]|-[0-9]+)?)\b", r"([a-z](?:-?[0-9]+)?)\b"
_DOOR_WORDS = (
    "apts?|apartment|apartamento|apartament|apto|appartement|appartamento|appt|app|unit|suite|ste|flat|flt|room|rm|"
    "wohnung|whg|wohneinheit|tur|tuer|top|puerta|pta|porta|interno|int|bus|bte|lgh|byt|lokal|lok|studio|penthouse|"
    "door|deur|kamer|zimmer|dept|dpt|lot|trailer|trlr|space|spc|shop|office|no|nr"
)
_BLOCK_WORDS = (
    "block|blk|bldg|building|batiment|bat|esc|escalera|escalier|stiege|stg|scala|staircase|stair|entrance|eingang|"
    "entree|tower|trakt|aufgang|bloque|blq|bloco|klatka|wing|haus|gebaude|gebaeude|korpus"
)
_FLOOR_WORDS = (
    "floor|flr|fl|level|lvl|piso|planta|etage|stock|stockwerk|og|obergeschoss|piano|verdieping|andar"
)
_FLOORS_AFTER = "floor|flr|fl|og|obergeschoss|stockwerk|etage|piso|planta|piano|verdieping|andar|patro|emelet"
_ORDINAL = r"(?:st|nd|rd|th|er|ere|eme|e|de|ste|o|a|[.]|\x{00ba}|\x{00aa}|\x{00b0})"
_NAMED = "top|upper|lower|basement|garden|attic|loft|rear|front|middle|mezzanine|maisonette"
_KIND = "flat|apartment|apt|maisonette|studio|unit"
_FLOOR_NAMES = ("ground", "first", "second", "third", "fourth", "fifth", "sixth")
_FLOOR_OR_NAME = rf"((?:{'|'.join(_FLOOR_NAMES)}|{_NAMED}|[0-9]+(?:st|nd|rd|th)) floor|basement)"
# One way of saying it, in this order: floors by number, sides as one of two.
_IN_OTHER_WORDS = (
    (rf"\b{_FLOOR_OR_NAME} (?:{_KIND}) ([0-9]+[a-z]?)(,|$)", "$1, flat $2$3"),
    (rf"\b{_FLOOR_OR_NAME} (?:{_KIND})\b", "$1 ,"),
    *[
        (rf"\b{name} (?:floor|flat|apartment)\b", f" floor {number} ")
        for number, name in enumerate(_FLOOR_NAMES)
    ],
    (r"\b(?:erdgeschoss|parterre|hochparterre|rez-de-chaussee|planta baja)\b", " floor 0 "),
    (rf"\b(?:(?:{_KIND}) )?(?:basement|souterrain|untergeschoss)(?: (?:{_KIND}))?\b", " basement flat "),
    (r"\bdachgeschoss\b", " attic flat "),
    (r"([ ,.\x{00ba}\x{00aa}])(?:izq|izqda|izda|izquierda|links|tv|esq|esquerdo|gauche)\b[.]?", "$1 left "),
    (r"([ ,.\x{00ba}\x{00aa}])(?:dch|dcha|drcha|derecha|rechts|dto|direito|droite)\b[.]?", "$1 right "),
    (r"([ ,.])th[.]?$", "$1 right"),
)


def _of(words: str, sign: str = "", letter_sign: str = "") -> str:
    """One of ``words`` and what it names: a number may follow at once (apt25), a letter not (Noe Court, Bath Road)."""
    return rf"\b(?:{words})(?:[.:]? *{sign}{_NUMBERED}|(?:[.:] *| +| *# *){letter_sign}{_LETTERED})"


_DOOR = (
    _of(_DOOR_WORDS, r"(?:no[.]? *|nr[.]? *|#)? *", r"(?:n[or](?:[.] *| +)|# *)?")
    + rf"|# *(?:{_NUMBERED}|{_LETTERED})|\bm[.] ?([0-9]+[a-z]?)\b"
)
_BLOCK = _of(_BLOCK_WORDS)
_FLOOR_BEFORE = rf"\b([0-9]+) ?{_ORDINAL}? ?(?:{_FLOORS_AFTER})\b[.]?|\b([0-9]+)[.] ?stock\b"
_FLOOR_AFTER = rf"\b(?:{_FLOOR_WORDS})[.:]? *([0-9]+)\b{_ORDINAL}?"
_PLACE = (
    rf"\b(?:the )?(?:({_NAMED})(?: floor)? (?:{_KIND})|({_NAMED}) floor|(?:{_KIND}) ({_NAMED})(?: floor)?)\b"
)
_SIDE = r"\b(left|right)\b"
_LONE_WORD = rf"[ ,]+(?:apts?|apartment|unit|suite|ste|flat|#)[.]?$|^(?:{_KIND})[ ,]+"
_OTHER_THAN_DOORS = (
    rf"{_BLOCK_WORDS}|{_FLOOR_WORDS}|{_NAMED}|parterre|hochparterre|erdgeschoss|dachgeschoss|souterrain|"
    r"untergeschoss|izq|izda|izqda|izquierda|dch|dcha|derecha|drcha|links|rechts|tv|th|left|right"
)
_NOT_SIMPLE = "bis|ter|quater|nr|no|num|numero|box|postfach|postbus|apartado|apdo|pf|bp"
_GATE_OF_FLOORS = rf"\b(?:{_OTHER_THAN_DOORS})(?:\b|[0-9])|[0-9](?:fl|og)\b|\x{{00ba}}|\x{{00aa}}"
_GATE = rf"#|\b(?:{_DOOR_WORDS}|{_KIND}|{_NOT_SIMPLE}|{_OTHER_THAN_DOORS})(?:\b|[0-9])|[0-9](?:fl|og)\b|\bm[.] ?[0-9]"


def has_unit_words(text: Column) -> Column:
    """BOOLEAN: the plain text holds a word that may name a unit, and may not be just number and street."""
    return text.rlike(_GATE)


def names_a_unit(text: Column) -> Column:
    """BOOLEAN: the plain text says of what kind its unit is, and which one; null for null."""
    forms = (_DOOR, _BLOCK, _FLOOR_BEFORE, _FLOOR_AFTER, _PLACE, _FLOOR_OR_NAME)
    return text.rlike("|".join(forms))


def take_units(lined: DataFrame) -> DataFrame:
    """Adds ``_block, _floor, _door`` (empty where there is none) and cuts them out of ``_line``."""
    line = F.col(ADDRESS_LINE)
    unified = line
    for pattern, words in _IN_OTHER_WORDS:
        unified = F.regexp_replace(unified, pattern, words)
    single = F.trim(F.regexp_replace(unified, " +", " "))
    # most lines have no unit, most others only a door: the rest of the work is for those that need it
    found = lined.withColumn("_units", F.coalesce(has_unit_words(line), F.lit(False)))
    found = found.withColumn("_floors", F.when(F.col("_units"), line.rlike(_GATE_OF_FLOORS)).otherwise(False))
    found = found.withColumn(ADDRESS_LINE, F.when(F.col("_floors"), single).otherwise(line))
    found = _taken(found, "_block", _BLOCK, where="_floors")
    found = _taken(found, "_place", _PLACE, where="_floors")
    found = _taken(found, "_door", _DOOR, where="_units")
    found = _taken(found, "_number_before", _FLOOR_BEFORE, where="_floors")
    found = _taken(found, "_number_after", _FLOOR_AFTER, where="_floors")
    floors = [null_if(F.col(name), F.lit("")) for name in ("_place", "_number_before", "_number_after")]
    found = found.withColumn("_floor", F.coalesce(*floors, F.lit("")))
    side = F.when(
        (F.col("_door") == "") & (F.col("_floor") != ""), F.regexp_extract(line, _SIDE, 1)
    ).otherwise("")
    found = found.withColumn("_side", side)
    bare = F.regexp_replace(F.regexp_replace(line, r" +,", ","), _LONE_WORD, "")
    rest = F.when(F.col("_side") != "", F.regexp_replace(bare, _SIDE, ",")).otherwise(bare)
    return found.withColumns(
        {
            ADDRESS_LINE: F.when(F.col("_units"), rest).otherwise(line),
            "_door": F.when(F.col("_side") != "", F.col("_side")).otherwise(F.col("_door")),
        }
    )


def unit_of(block: Column, floor: Column, door: Column) -> Column:
    """One text for a unit: block (``b2``), floor (``f3``) and door, as far as they are known; else null.

    Two units that are the same in words of two languages are the same text, and no two different ones are.
    """
    parts = [
        F.when(_bare(block) != "", F.concat(F.lit("b"), _bare(block))),
        F.when(_bare(floor) != "", F.concat(F.lit("f"), _bare(floor))),
        F.when(_bare(door) != "", _bare(door)),
    ]
    known = (block != "") | (floor != "") | (door != "")
    return F.when(known, F.concat_ws(" ", *parts))


def _bare(value: Column) -> Column:
    """``04-b`` -> ``4b``, but ``4-2`` is not 42."""
    joined = F.regexp_replace(value, "([0-9])-([a-z])|([a-z])-([0-9])", "$1$2$3$4")
    return F.regexp_replace(joined, "^0+([0-9])", "$1")


def _taken(found: DataFrame, name: str, pattern: str, *, where: str) -> DataFrame:
    """Adds what the pattern's groups found, and cuts the pattern out of the line."""
    line, units = F.col(ADDRESS_LINE), F.col(where)
    groups = re.compile(pattern.replace(r"\x{00", r"\x").replace("}", "")).groups
    value = F.concat(*[F.regexp_extract(line, pattern, group) for group in range(1, groups + 1)])
    return found.withColumns(
        {
            name: F.when(units, value).otherwise(""),
            ADDRESS_LINE: F.when(units, F.regexp_replace(line, pattern, " , ")).otherwise(line),
        }
    )
