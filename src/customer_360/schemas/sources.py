"""Tables of what the sources gave: bronze, silver, and what is in neither."""

from __future__ import annotations

from collections.abc import Sequence

from .table import Column, Further, Table, technical

# Fields of a payload that are not the source's, but say what is wrong with it.
MALFORMED = "_malformed"
UNREADABLE = "_unreadable"

BRONZE = Table(
    "bronze/<table>",
    "The records of a source as they came, one row for each that was new, changed or gone: rows are only ever added.",
    keys=("source_key", "run_id"),
    columns=(
        technical("source_key", "STRING", "Key of the record in its source."),
        Column("payload", "STRING", "The record as JSON, without blocked fields; null for a deletion."),
        technical("payload_hash", "STRING", "Of the payload, to see whether it changed."),
        technical("operation", "STRING", "What happened: `insert`, `update` or `delete`."),
        technical("origin", "STRING", "Where it was read: address or file."),
        technical("run_id", "STRING", "Run that wrote the row."),
        technical("ingested_at", "TIMESTAMP", "When it was read, UTC."),
    ),
)

KNOWN_KEYS = Table(
    "Files/state/known_keys/<table>",
    "What the log of a source last said of every key: beside the tables, read in place of the log by who looks for "
    "changes.",
    keys=("source_key",),
    columns=(
        technical("source_key", "STRING", "Key of the record in its source."),
        technical("given_key", "STRING", "The key that the record has of itself; null where that is blank."),
        technical("payload_hash", "STRING", "Of the payload; null for a record that is gone."),
        technical("origin", "STRING", "Where it was read: address or file."),
        technical("ingested_at", "TIMESTAMP", "When it was read, UTC."),
        technical("is_gone", "BOOLEAN", "Whether the source no longer has the record."),
        technical("is_readable", "BOOLEAN", "Whether it is no row that could not be read."),
    ),
)

# What each silver table of a source has, before and after the columns that are the source's own.
_BEFORE = (
    technical("source_key", "STRING", "Key of the record in its source."),
    technical(
        "key_kind",
        "STRING",
        "`given`: the source's own key; `made_up`: the record has none; `repeated`: another record has the same one.",
    ),
)
_AFTER = (
    technical("warnings", "ARRAY<STRING>", "Rules that a value broke; the value is null then."),
    technical("run_id", "STRING", "Run that last read the record changed."),
)


def silver_of_source(table: str, own: Sequence[Column] = ()) -> Table:
    """The silver table of a source.

    Args:
        table: its name, without the layer.
        own: the columns that the source declares; without any, it may have whatever it has.
    """
    return Table(
        f"silver/{table}",
        "The typed current records of a source that break no rule, one row per source key.",
        keys=("source_key",),
        columns=(*_BEFORE, *own, *_AFTER),
        further=() if own else (Further("", "A value of the source, typed."),),
    )


QUARANTINE = Table(
    "silver/quarantine",
    "Current records that break a rule of quality, with the reasons.",
    keys=("source", "source_key"),
    columns=(
        technical("source", "STRING", "Source system of the record."),
        technical("source_key", "STRING", "Key of the record in its source."),
        technical("reasons", "ARRAY<STRING>", "The rules that it breaks."),
        Column("payload", "STRING", "The record as it came."),
        technical("run_id", "STRING", "Run that last read the record changed."),
        technical("ingested_at", "TIMESTAMP", "When it was read, UTC."),
    ),
)
