"""Names of persons: titles, suffixes and maiden names off, one field taken apart into given, middle and family name."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import null_if
from customer_360.standardise import PARTICLES

# Words that are titles wherever they begin a name, and those that are only with their full stop (Ing., but Ing).
_TITLE_WORDS = (
    "mr|mrs|ms|miss|mx|mister|dr|prof|professor|doctor|sir|dame|rev|reverend|hon|lord|lady|capt|captain|col|colonel|"
    "sgt|lt|major|gen|fr|sr|herr|herrn|frau|mme|mlle|monsieur|madame|mademoiselle|signor|signora|sig|dott|dottssa|sra|"
    "srta|senor|senora|senorita|senhor|senhora|dhr|mevr|mevrouw|drs|mgr|pani|judr|mudr|phdr|rndr|mvdr|drin|profin|(?:univ|hon|ass|assoc)[.]?-?prof"
)
_TITLES_WITH_STOP = (
    "mag|ing|ir|lic|bakk|hr|bc|inz|avv|arch|doc|docteur|med|maj|cpt|priv|pd|prof ?ssa|dott ?ssa|mag[.]a"
)
_DIPLOMA = (
    r"dipl\b[. -]*(?:(?:ing|kfm|kffr|kff|betriebsw|inf|phys|chem|psych|volksw|oec|math|biol|geogr|soz|paed|pad|wirt|"
    r"jur|des|med|agr|hdl|geol|okol|finanzw|verww|forstw)\b[. -]*)*"
)
# what follows such a title: Dr. med. univ., Prof. Dr.-Ing., Dr. h.c. mult.
_FACULTY = (
    r"(?:[ .-]*(?:\b(?:med|univ|phil|jur|iur|rer|habil|vet|dent|theol|techn|hc)\b[.]?|-ing\b[.]?|"
    r"\b(?:nat|oec|pol|soc|ing|h[.] ?c|mult|math|paed|pad|agr|pharm|sc|em|dent|mont|mus|publ|dr|inf|psych)[.]))*"
)
_TITLES = (
    rf"(^|, *)(?:(?:(?:{_TITLE_WORDS})\b|(?:{_TITLES_WITH_STOP})[.]|{_DIPLOMA}){_FACULTY}(?:[.]-|[. ])*)+"
)
_GENERATIONS = "jr|junior|sr|ii|iii|iv|2nd|3rd|4th"
# of whom one knows what they studied, or were awarded
_LETTERS_AFTER = (
    r"phd|ph[.] ?d|md|m[.]d|dds|esq|msc|m[.]sc|bsc|b[.]sc|mba|m[.]b[.]a|llm|ll[.] ?m|llb|ll[.] ?b|cpa|dvm|pharmd|"
    r"j[.]d|obe|mbe|cbe|kbe|frs|b[.]a|m[.]a|b[.]eng|m[.]eng|beng|meng|d[.]phil|dphil|mphil|psyd|"
    r"dipl[.]? ?-?ing|dipl[.]? ?-?kfm|dr|prof"
)
_AFTER_NAME = rf"(?:[ ,]+(?:{_GENERATIONS}|{_LETTERS_AFTER})\b[.]?)+(,|$)"
_MAIDEN = (
    r"[ ,]*(?:[(][^)]*[)]|[ ,](?:geb[.]?|geborene|nee|formerly|aka|a[.]k[.]a[.]?|alias|z domu|roz[.]) [^,]*)"
)
_PARTICLES = "|".join(
    sorted({*PARTICLES, "vom", "zum", "zur", "van't", "het", "san", "do", "das", "las", "los", "dela"})
)
_CUT = "|"  # plain texts of names are rid of it first
_FAMILY_FIRST = rf"^([^,|]+), *([^,|]*?)((?: (?:{_PARTICLES}))*)$"
_FAMILY_LAST = rf"^([^|]+?) ((?:(?:{_PARTICLES}) )*[^ |]+)$"


def untitled(name: Column) -> Column:
    """A plain name without titles, maiden name, letters after it and generation; empty where nothing is left."""
    one_word = F.when(name.rlike(f"^(?:{_TITLE_WORDS})$"), F.lit("")).otherwise(name)
    return F.when(name.rlike("[ .,(]"), _untitled(name)).otherwise(one_word)


def _untitled(name: Column) -> Column:
    bare = F.regexp_replace(F.regexp_replace(name, _MAIDEN, ""), _TITLES, "$1")
    return F.trim(F.regexp_replace(F.regexp_replace(bare, _AFTER_NAME, "$1"), "^[ ,]+|[ ,]+$", ""))


def split_full_name(texts: DataFrame) -> DataFrame:
    """Fill given, middle and family name from ``full_name`` where neither given nor family name is known.

    The family name is the last word with the particles before it, or what stands before a comma. A single word is
    taken as a given name.
    """
    blank = F.col("given_name").isNull() & F.col("family_name").isNull() & F.col("full_name").isNotNull()
    name = untitled(F.replace(F.col("full_name"), F.lit(_CUT), F.lit(" ")))
    turned = F.regexp_replace(name, _FAMILY_FIRST, f"$2{_CUT}$3 $1")
    cut = F.regexp_replace(F.regexp_replace(turned, " *, *", " "), _FAMILY_LAST, f"$1{_CUT}$2")
    staged = texts.withColumn("_cut", F.when(blank, cut))
    before = F.split_part("_cut", F.lit(_CUT), F.lit(1))
    parts = {
        "given_name": F.regexp_extract(before, r"^([^ ,]+)", 1),
        "family_name": F.trim(F.split_part("_cut", F.lit(_CUT), F.lit(2))),
    }
    if "middle_name" in texts.columns:
        parts["middle_name"] = F.trim(F.regexp_extract(before, r"^[^ ,]+[ ,]+(.*)$", 1))
    taken = F.col("_cut").isNotNull()
    return staged.withColumns(
        {
            part: F.when(taken, null_if(value, F.lit(""))).otherwise(F.col(part))
            for part, value in parts.items()
        }
    ).drop("_cut")
