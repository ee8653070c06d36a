"""Support tickets: what customers ask for help with."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.parameters import CleaningSettings
from customer_360.standardise import date, email, is_valid_email, term

from .base import CARRIED, Source, parse_payload, raw_struct

_FIELDS = ("email", "category", "status", "created_at", "priority")


def clean_support_tickets(records: DataFrame, settings: CleaningSettings) -> DataFrame:
    """Type the current records of ``bronze_support_tickets``.

    Args:
        records: current bronze records (``source_key, payload, run_id, ingested_at``).
        settings: shared settings of cleaning, with the vocabularies ``ticket_category``, ``ticket_status``
            and ``ticket_priority``.

    Returns:
        One row per record: ``source_key``, the columns of ``silver_support_tickets``, ``raw``, ``payload``,
        ``ingested_at``, ``run_id``.
    """
    ticket = F.col("parsed")
    marks = ("malformed", "unreadable")
    texts = {mark: ticket[mark] for mark in marks} | {field: ticket[field] for field in _FIELDS}
    typed = parse_payload(records, _FIELDS).select("source_key", raw_struct(texts, settings), *CARRIED)
    typed = typed.select("*", email(F.col("raw.email"), settings.placeholders.of("email")).alias("email"))
    return typed.select(
        "source_key",
        "email",
        is_valid_email(F.col("email")).alias("email_valid"),
        *[_term(field, settings) for field in ("category", "status", "priority")],
        date(F.col("raw.created_at"), settings.date_patterns).alias("created_date"),
        "raw",
        *CARRIED,
    )


def _term(field: str, settings: CleaningSettings) -> Column:
    words = settings.vocabulary(f"ticket_{field}")
    return term(F.col(f"raw.{field}"), values=words.values, synonyms=words.synonyms).alias(field)


SUPPORT = Source(name="support", table="support_tickets", clean=clean_support_tickets)
