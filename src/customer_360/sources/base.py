"""What a source is to the pipelines, and what the source modules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.keys import key_kind
from customer_360.parameters.cleaning import CleaningSettings
from customer_360.standardise import blank_to_null

MALFORMED = "_malformed"
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


def typed_records(
    records: DataFrame, settings: CleaningSettings, *, source: Source, key_field: str
) -> DataFrame:
    """The source's typed rows (:attr:`Source.clean`), with ``key_kind`` (:func:`customer_360.keys.key_kind`)."""
    typed = source.clean(records, settings)
    kind = key_kind(F.col("source_key"), F.col("payload"), key_field).alias("key_kind")
    return typed.select("source_key", kind, *[name for name in typed.columns if name != "source_key"])


def parse_payload(records: DataFrame, fields: Sequence[str]) -> DataFrame:
    """Read the payload's top-level ``fields`` as text into the struct column ``parsed``.

    A nested object or array arrives as its JSON text (see :func:`parse_object`), so that a value of an
    unexpected type spoils nothing but itself. The field ``malformed`` is null for a record that is an
    object with the expected number of fields.

    Args:
        records: ``source_key, payload`` and :data:`CARRIED`.
        fields: names as the source gives them.

    Returns:
        ``source_key, parsed`` and :data:`CARRIED`.
    """
    is_object = F.col("payload").rlike(r"(?s)^\s*\{.*\}\s*\z")
    parsed = records.select(
        "source_key", parse_object(F.col("payload"), [*fields, MALFORMED]).alias("parsed"), *CARRIED
    )
    malformed = F.coalesce(
        F.col(f"parsed.{MALFORMED}"), F.when(~F.coalesce(is_object, F.lit(False)), F.lit("?"))
    )
    columns = [F.col(f"parsed.{_quoted(field)}").alias(field) for field in fields]
    return parsed.select(
        "source_key", F.struct(*columns, malformed.alias("malformed")).alias("parsed"), *CARRIED
    )


def parse_object(text: Column, fields: Sequence[str]) -> Column:
    """``STRUCT`` of ``fields`` as text out of the JSON text of an object; nulls where it is none."""
    return F.from_json(text, ", ".join(f"{_quoted(field)} STRING" for field in fields))


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
