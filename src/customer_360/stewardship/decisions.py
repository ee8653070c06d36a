"""Decisions of stewards: which of them count, and what is wrong with the others.

A decision is a row of a small file: these two records are the ``same`` customer, or ``different`` ones. Nothing
about a row can stop a run: one that cannot count says why and what is allowed, in ``status`` and ``problem``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import try_cast
from customer_360.schemas import DECISION_FIELDS, IDENTITY_DECISIONS
from customer_360.stewardship.overrides import apply_overrides

if TYPE_CHECKING:
    import pyarrow as pa

WORDS = ("same", "different")
FIELDS = DECISION_FIELDS
IN_FORCE = "in_force"
_TYPING_ERRORS = 2
CHECKED_SCHEMA = IDENTITY_DECISIONS.ddl
_DATE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)


def decisions_with_status(
    rows: DataFrame,
    records: DataFrame,
    *,
    sources: Sequence[str] = (),
    rules: Mapping[str, str] | None = None,
) -> DataFrame:
    """Read the rows of the decision file and tell which of them count.

    Args:
        rows: ``payload STRING``, one row of the file as JSON text, as the file source gives it.
        records: ``source, source_key`` of every record that there is, and ``person_key``: under which key it is
            compared with others; null if it is not.
        sources: names of all sources, to be told where one is unknown.
        rules: what links the records of a source that is not compared, by source.

    Returns:
        The columns of :data:`CHECKED_SCHEMA`, one row per distinct row of the file, the lesser record on the
        left. ``status`` is ``in_force``; ``malformed`` (the row cannot be read), ``unknown_record`` (one of its
        records is not there now), ``not_compared`` (no decision can be about these records), ``superseded`` (a
        later decision about the same two records) or ``contradicted`` (it cannot hold together with later
        decisions). ``problem`` says it in words, null where the decision is in force. ``line`` is that of the first
        such row in the file, null where the source does not tell it.
    """
    parsed = _parsed(rows)
    fields = [name for name in parsed.columns if name != "line"]
    parsed = parsed.groupBy(*fields).agg(F.min("line").alias("line"))
    known = _with_known(parsed, records, records.select("source").distinct())
    unknown, unusable = _is_unknown(sources), _is_not_compared(rules or {})
    status = (
        F.when(_is_malformed().isNotNull(), F.lit("malformed"))
        .when(unknown.isNotNull(), F.lit("unknown_record"))
        .when(unusable.isNotNull(), F.lit("not_compared"))
        .otherwise(F.lit(IN_FORCE))
    )
    checked = known.withColumn("problem", F.coalesce(_is_malformed(), unknown, unusable))
    return _with_outcome(checked.withColumn("status", status).select(*IDENTITY_DECISIONS.names))


def in_force(checked: DataFrame) -> DataFrame:
    """The decisions that count, without status: must-link (``same``) and cannot-link (``different``)."""
    return checked.where(F.col("status") == IN_FORCE).select(*FIELDS)


def _parsed(rows: DataFrame) -> DataFrame:
    """The fields as trimmed texts, blank as null, and the pair in order."""
    names = ("_malformed", "_line", *FIELDS)
    schema = ", ".join(f"{name} STRING" for name in names)
    parsed = rows.select(F.from_json("payload", schema).alias("row"))
    texts = {name: F.trim(F.col(f"row.{name}")) for name in names}
    texts = {name: F.when(text != "", text) for name, text in texts.items()}
    for name in ("decision", "left_source", "right_source"):
        texts[name] = F.lower(texts[name])
    texts["line"] = texts.pop("_line").cast("bigint")
    flat = parsed.select(*[text.alias(name) for name, text in texts.items()])
    swap = (F.col("left_source") > F.col("right_source")) | (
        (F.col("left_source") == F.col("right_source")) & (F.col("left_key") > F.col("right_key"))
    )
    ordered = {
        f"{side}_{part}": F.when(F.coalesce(swap, F.lit(False)), F.col(f"{other}_{part}")).otherwise(
            F.col(f"{side}_{part}")
        )
        for side, other in (("left", "right"), ("right", "left"))
        for part in ("source", "key")
    }
    ordered["decided_text"] = F.col("decided_at")
    ordered["decided_at"] = F.when(
        F.col("decided_at").rlike(_DATE), try_cast(F.col("decided_at"), "timestamp")
    )
    return flat.withColumns(ordered)


def _with_known(parsed: DataFrame, records: DataFrame, sources: DataFrame) -> DataFrame:
    """``<side>_source_known, <side>_known``: whether there are such; ``<side>_person``: what it is compared as."""
    known = parsed
    for side in ("left", "right"):
        source, key = f"{side}_source", f"{side}_key"
        with_source = sources.select(F.col("source").alias(source), F.lit(True).alias(f"{side}_source_known"))
        with_record = records.select(
            F.col("source").alias(source),
            F.col("source_key").alias(key),
            F.lit(True).alias(f"{side}_known"),
            F.col("person_key").alias(f"{side}_person"),
        )
        known = known.join(with_source, source, "left").join(with_record.distinct(), [source, key], "left")
    return known


def _is_malformed() -> Column:
    """What makes a row unreadable, or null."""
    words = " or ".join(WORDS)
    no_date = F.col("decided_text").isNotNull() & F.col("decided_at").isNull()
    problems = [
        F.when(F.col("_malformed").isNotNull(), F.lit("the row has too few or too many fields")),
        F.when(F.col("decision").isNull(), F.lit(f"no decision; it must be {words}")),
        F.when(
            ~F.col("decision").isin(*WORDS),
            F.concat(F.lit("the decision '"), F.col("decision"), F.lit(f"' is not {words}"), _meant()),
        ),
        *[
            F.when(F.col(f"{side}_{part}").isNull(), F.lit(f"{side}_{part} is blank"))
            for side in ("left", "right")
            for part in ("source", "key")
        ],
        F.when(
            (F.col("left_source") == F.col("right_source")) & (F.col("left_key") == F.col("right_key")),
            F.lit("both sides are the same record"),
        ),
        F.when(no_date, F.lit("decided_at is not a date or time such as 2026-03-01 or 2026-03-01T12:30:00Z")),
    ]
    return F.coalesce(*problems)


def _meant() -> Column:
    """``; did you mean same?`` where a word is nearly that one."""
    meant = F.lit("")
    for word in WORDS:
        near = F.levenshtein(F.col("decision"), F.lit(word)) <= _TYPING_ERRORS
        meant = F.when(near, F.lit(f"; did you mean {word}?")).otherwise(meant)
    return meant


def _is_unknown(sources: Sequence[str]) -> Column:
    """Which source or record there is none of, or null."""
    allowed = f"; the sources are {', '.join(sources)}" if sources else ""
    write = (
        "; write source and source_key as they are in silver, where quarantined and deleted records are not"
    )
    unknown = [
        F.when(
            F.col(f"{side}_{flag}").isNull(),
            F.concat(F.lit(f"there is no {what} "), F.concat_ws(" ", *names), F.lit(hint)),
        )
        for flag, what, hint in (("source_known", "source", allowed), ("known", "record", write))
        for side in ("left", "right")
        for names in [[F.col(f"{side}_source"), F.col(f"{side}_key")][: 1 if flag == "source_known" else 2]]
    ]
    return F.coalesce(*unknown)


def _is_not_compared(rules: Mapping[str, str]) -> Column:
    """Why no decision can be about these two records, or null."""
    problems = []
    for side in ("left", "right"):
        source, key = F.col(f"{side}_source"), F.col(f"{side}_key")
        for name, rule in rules.items():
            problems.append(
                F.when(
                    source == name,
                    F.lit(
                        f"records of {name} are not compared, {rule}; decide about the record that they link to"
                    ),
                )
            )
        blank = F.concat(
            F.lit("the record "), source, F.lit(" "), key, F.lit(" has no value that is compared")
        )
        problems.append(F.when(F.col(f"{side}_person").isNull(), blank))
    alike = (F.col("left_source") == F.col("right_source")) & (F.col("left_person") == F.col("right_person"))
    one = F.lit("both records have the same value and are compared as one, so they cannot be different")
    return F.coalesce(*problems, F.when(alike & (F.col("decision") == "different"), one))


def _with_outcome(checked: DataFrame) -> DataFrame:
    """Let the last word count where decisions contradict each other.

    People's decisions are few, and which of them can hold together is a question to all of them: so one task
    of the engine answers it (nothing comes to the driver).
    """
    schema = checked.schema

    def apply_all(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        import pyarrow as pa

        given = list(batches)
        if not given:
            return
        rows: Sequence[dict[str, Any]] = reduce(lambda done, batch: done + batch.to_pylist(), given, [])
        yield pa.RecordBatch.from_pylist(apply_overrides(rows), schema=given[0].schema)

    return checked.repartition(1).mapInArrow(apply_all, schema)


def as_pairs(decisions: DataFrame) -> DataFrame:
    """Decisions in force as pairs for resolution: ``left_source, left_key, right_source, right_key, same``."""
    sides = [f"{side}_{part}" for side in ("left", "right") for part in ("source", "key")]
    return in_force(decisions).select(*sides, (F.col("decision") == "same").alias("same"))
