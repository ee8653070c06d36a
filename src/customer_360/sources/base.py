"""What a source is to the pipelines, and how the texts of its bronze records are read."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import key_kind
from customer_360.engine import null_if
from customer_360.lakehouse import Token
from customer_360.parameters import CleaningSettings
from customer_360.schemas import MALFORMED, UNREADABLE
from customer_360.standardise import blank_to_null, map_text, tidy

ONLY_SOURCES = "CUSTOMER_360_ONLY_SOURCES"
# Added at the very end of a payload: a parser that gives up on the way, and answers null for all, lacks it.
_END = "_read_to_its_end"
# Not \s, which is Unicode's white space to one engine and that of ASCII to another.
_NO_FIELDS = r"^[ \t\r\n]*\{[ \t\r\n]*\}[ \t\r\n]*\z"
_LAST_BRACE = r"\}[ \t\r\n]*\z"
# Escapes of characters that Unicode's composed form (NFC) may change; far more, but nobody's plain Latin ones.
_COMPOSABLE = (
    r"\\u(?:03[0-8]|048|059|05[abc]|06[1-7def]|0[789a-f]|1|20d|212|232|2ad|30[69]|a|d8|f[9ab])[0-9a-f]*"
)
_ESCAPE = re.compile(r"\\\\|(?:\\u[0-9a-f]{4})+")
# What a cleaned frame carries besides its silver columns: for quarantine and for rules.
CARRIED = ("payload", "ingested_at", "run_id")


@dataclass(frozen=True)
class Source:
    """One source system.

    Attributes:
        name: short name, as in ``customer_crosswalk.source`` and in the parameters (``crm``).
        table: name of its bronze and silver tables (``crm_users``).
        clean: turns its current bronze records into typed rows, one for each: ``source_key``, the silver
            columns, ``raw`` (struct of the parsed texts, for rules) and :data:`CARRIED`.
    """

    name: str
    table: str
    clean: Callable[[DataFrame, CleaningSettings], DataFrame]

    @property
    def meaning(self) -> object:
        """What decides how its records are cleaned, as JSON can hold it: another one, another silver table."""
        said = getattr(self.clean, "meaning", None)
        return said if said is not None else getattr(self.clean, "__qualname__", repr(type(self.clean)))


@dataclass(frozen=True)
class TypedChanges:
    """What a run has added to a bronze table, typed already.

    Attributes:
        rows: typed rows (``payload`` null: deleted); None: it has added nothing.
        after: the version of the table that they come after; None: there was none.
    """

    rows: DataFrame | None
    after: Token | None


class Named(Protocol):
    """Anything of a source that has its name."""

    @property
    def name(self) -> str:
        """Short name of the source."""


N = TypeVar("N", bound=Named)


def chosen(registered: tuple[N, ...]) -> tuple[N, ...]:
    """All registered sources, or only those that the variable ``CUSTOMER_360_ONLY_SOURCES`` names.

    It is for tests: they know the sources that they make records of, and not those that a project adds.

    Raises:
        ValueError: the variable names a source that is not registered.
    """
    names = [name.strip() for name in os.environ.get(ONLY_SOURCES, "").split(",") if name.strip()]
    if unknown := sorted(set(names) - {source.name for source in registered}):
        known = ", ".join(source.name for source in registered)
        raise ValueError(f"{ONLY_SOURCES} names {', '.join(unknown)}; the registered sources are {known}.")
    return tuple(source for source in registered if not names or source.name in names)


def typed_records(
    records: DataFrame, settings: CleaningSettings, *, source: Source, key_field: str
) -> DataFrame:
    """The source's typed rows (:attr:`Source.clean`), with ``key_kind`` (:func:`customer_360.bronze.keys.key_kind`)."""
    typed = source.clean(records, settings)
    kind = key_kind(F.col("source_key"), F.col("payload"), key_field).alias("key_kind")
    return typed.select("source_key", kind, *[name for name in typed.columns if name != "source_key"])


def parse_payload(records: DataFrame, fields: Sequence[str]) -> DataFrame:
    """Read the payload's top-level ``fields`` as text into the struct column ``parsed``.

    A nested object or array arrives as its JSON text (see :func:`parse_object`), so that a value of an
    unexpected type spoils nothing but itself. All text is in Unicode's composed form (NFC).

    The field ``malformed`` is null for a record that is an object with the expected number of fields, and that
    the engine could read to its end. The field ``unreadable`` is null unless some of its values could not be
    kept as they came; else it names them.

    Args:
        records: ``source_key, payload`` and :data:`CARRIED`.
        fields: names as the source gives them.

    Returns:
        ``source_key, parsed`` and :data:`CARRIED`.
    """
    payload = F.col("_text")
    ended = F.when(payload.rlike(_NO_FIELDS), F.lit(f'{{"{_END}":1}}')).otherwise(
        F.regexp_replace(payload, _LAST_BRACE, f',"{_END}":1}}')
    )
    names = [*fields, MALFORMED, UNREADABLE, _END]
    texts = records.select("source_key", _composed(F.col("payload")).alias("_text"), *CARRIED)
    parsed = texts.select("source_key", parse_object(ended, names).alias("parsed"), *CARRIED)
    malformed = F.coalesce(F.col(f"parsed.{MALFORMED}"), F.when(F.col(f"parsed.{_END}").isNull(), F.lit("?")))
    columns = [F.col(f"parsed.{_quoted(field)}").alias(field) for field in fields]
    faults = F.col(f"parsed.{UNREADABLE}").alias("unreadable")
    return parsed.select(
        "source_key", F.struct(*columns, malformed.alias("malformed"), faults).alias("parsed"), *CARRIED
    )


def parse_object(text: Column, fields: Sequence[str]) -> Column:
    """``STRUCT`` of ``fields`` as text out of the JSON text of an object; nulls where it is none."""
    return F.from_json(text, ", ".join(f"{_quoted(field)} STRING" for field in fields))


def not_an_object(field: str, text: Column) -> Column:
    """``<field>: no object`` where the text of a field that should be an object is something else; else null.

    An empty text or array is how some systems write an object of nothing.
    """
    is_other = ~tidy(text).rlike(r"^(?:\{|\z|\[ ?\]\z)")
    return F.when(is_other, F.lit(f"{field}: no object"))


def unreadable(*faults: Column) -> Column:
    """One text of all that is wrong with a record's values; null if nothing is."""
    return null_if(F.concat_ws("; ", *faults), F.lit(""))


def raw_struct(texts: Mapping[str, Column], settings: CleaningSettings) -> Column:
    """``STRUCT`` of texts for rules: tidied, null where blank or a general placeholder (``n/a``).

    Not ``malformed``: a record whose whole text is ``null`` or ``?`` is malformed all the same.
    """
    general = settings.placeholders.text
    columns = [
        (text if name == "malformed" else blank_to_null(text, general)).alias(name)
        for name, text in texts.items()
    ]
    return F.struct(*columns).alias("raw")


def _quoted(field: str) -> str:
    return f"`{field}`"


def _composed(payload: Column) -> Column:
    """The JSON text with its characters in Unicode's composed form, where that makes a difference."""
    needed = payload.rlike(_COMPOSABLE)
    return F.coalesce(F.when(needed, map_text(F.when(needed, payload), compose_json)), payload)


def compose_json(text: str) -> str:
    """The JSON text with all that its escapes stand for in composed form (NFC)."""
    return unicodedata.normalize("NFC", _ESCAPE.sub(_characters, text))


def _characters(escapes: re.Match[str]) -> str:
    """What escapes like those of ``e`` and an accent stand for; ASCII and halves of characters stay escaped."""
    codes = escapes[0].split("\\u")[1:]
    units = b"".join(int(code, 16).to_bytes(2, "big") for code in codes)
    text = units.decode("utf-16-be", "surrogatepass")
    return (
        "".join(c if c > "\x7f" and not "\ud800" <= c <= "\udfff" else f"\\u{ord(c):04x}" for c in text)
        or escapes[0]
    )
