"""How many records have a value in each field, before a run and after what its pull changes.

Counted are the records that change. All others are looked at only for fields of which there is something to be said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BooleanType, DataType, StringType, StructType

from customer_360.parameters import Rule
from customer_360.quality.rules import broken_rules
from customer_360.schemas import silver_of_source

NOT_ATTRIBUTES = frozenset(
    {"source_key", "key_kind", "raw", "payload", "ingested_at", "run_id", "warnings", "reasons"}
)
HARDLY_ANY = 0.05
_UNKNOWN = "unknown"
_NESTED = r"(?s)^\s*[\[{].*[\]}]\s*$"
_FEW = 10
# What a silver table that is not there yet has all the same.
_KEYS_ONLY = frozenset(silver_of_source("").names)

Counts = dict[str, Any]


@dataclass(frozen=True)
class Watched:
    """What is counted of a source's records.

    Attributes:
        attributes: columns that have a value or none.
        unreadable: rules that say that a value is there and cannot be read; their names are ``rule <name>``.
        errors: rules that send a record to quarantine.
    """

    attributes: tuple[str, ...]
    unreadable: tuple[Rule, ...]
    errors: tuple[Rule, ...]

    @property
    def names(self) -> list[str]:
        """Of all that is counted."""
        return [*self.attributes, *[f"rule {rule.name}" for rule in self.unreadable]]


def attributes_of(schema: StructType) -> list[str]:
    """The columns that hold what a source says about its records."""
    return [
        field.name
        for field in schema.fields
        if field.name not in NOT_ATTRIBUTES and not isinstance(field.dataType, BooleanType)
    ]


def count_changed(
    typed: DataFrame, silver: DataFrame, quarantine: DataFrame, *, source: str, watched: Watched
) -> Counts:
    """Numbers of the records that a pull changes, as they were and as they are.

    Args:
        typed: typed rows of all changes (``payload`` null: deleted), unique by ``source_key``.
        silver: the source's silver table before.
        quarantine: ``silver_quarantine`` before.
        source: its short name.
        watched: what is counted of them.

    Returns:
        ``was_good, was_bad, is_good, is_bad`` (bad: in quarantine), ``new`` (good ones that silver lacked), and for
        each watched name ``<name> was``, ``<name> is``, ``<name> new``, and of the records that are good before and
        after: ``<name> had``, ``<name> kept``.
    """
    now = _now(typed, watched)
    if set(silver.columns) > _KEYS_ONLY:
        keys = typed.select("source_key")
        bad = quarantine.where(F.col("source") == source).select("source_key", F.lit(1).alias("was_bad"))
        before = silver.join(keys, "source_key", "left_semi").select(
            "source_key", F.lit(1).alias("was_good"), *_flags_before(silver, watched, "was")
        )
        now = now.join(before, "source_key", "left").join(bad, "source_key", "left")
    known = set(now.columns)

    def number(name: str) -> Column:
        return F.coalesce(F.col(name), F.lit(0)) if name in known else F.lit(0)

    return _summed(now, _sums_of_changes(watched, number))


def _sums_of_changes(watched: Watched, number: Callable[[str], Column]) -> dict[str, Column]:
    was_good, is_good = number("was_good"), number("is_good")
    sums = {
        "was_good": was_good,
        "was_bad": number("was_bad"),
        "is_good": is_good,
        "is_bad": number("is_bad"),
        "new": (1 - was_good) * is_good,
    }
    for n, name in enumerate(watched.names):
        was, now_is = number(f"was_{n}"), number(f"is_{n}")
        sums |= {
            f"{name} was": was,
            f"{name} is": now_is,
            f"{name} had": was * is_good,
            f"{name} kept": was * is_good * now_is,
            f"{name} new": (1 - was_good) * now_is,
        }
    return sums


def count_before(
    silver: DataFrame, quarantine: DataFrame, *, source: str, watched: Watched, names: Collection[str]
) -> Counts:
    """Numbers of all records as they were: ``good``, ``bad``, and for some of the watched names ``<name>``."""
    if set(silver.columns) <= _KEYS_ONLY:
        return dict.fromkeys(["good", "bad", *names], 0)
    wanted = [(n, name) for n, name in enumerate(watched.names) if name in names]
    flags = silver.select(
        F.lit(1).alias("good"), *_flags_before(silver, watched, "was", {n for n, _ in wanted})
    )
    sums = {"good": F.col("good")} | {name: F.col(f"was_{n}") for n, name in wanted}
    bad = quarantine.where(F.col("source") == source).agg(F.count("source_key").alias("bad"))
    return _summed(flags, sums, beside=bad)


def all_counts(changed: Counts, before: Counts, names: Iterable[str]) -> Counts:
    """Numbers of all records, before a run and after what its pull changes.

    Returns:
        ``good before, bad before, good, bad, new``, and for each name: ``<name> before``, ``<name> after``,
        ``<name> new``, and of the records that are good before and after: ``<name> had``, ``<name> kept``.
    """
    counts = {
        "good before": before["good"],
        "bad before": before["bad"],
        "good": before["good"] - changed["was_good"] + changed["is_good"],
        "bad": before["bad"] - changed["was_bad"] + changed["is_bad"],
        "new": changed["new"],
    }
    for name in names:
        unchanged = before[name] - changed[f"{name} was"]
        counts |= {
            f"{name} before": before[name],
            f"{name} after": unchanged + changed[f"{name} is"],
            f"{name} had": unchanged + changed[f"{name} had"],
            f"{name} kept": unchanged + changed[f"{name} kept"],
            f"{name} new": changed[f"{name} new"],
        }
    return counts


def filled(column: Column, kind: DataType, raw: Column | None = None) -> Column:
    """Whether a column holds a value: not ``unknown``, no empty list, and no nested JSON where a text belongs."""
    there = column.isNotNull()
    if isinstance(kind, ArrayType):
        return there & (F.size(column) > 0)
    if not isinstance(kind, StringType):
        return there
    there &= (column != _UNKNOWN) & ~column.rlike(_NESTED)
    return F.coalesce(
        there if raw is None else there & ~F.coalesce(raw.rlike(_NESTED), F.lit(False)), F.lit(False)
    )


def _now(typed: DataFrame, watched: Watched) -> DataFrame:
    """``source_key, is_good, is_bad`` and ``is_<n>`` of every watched name."""
    schema = typed.schema
    raw_type = schema["raw"].dataType if "raw" in schema.names else None
    raw_names = set(raw_type.names) if isinstance(raw_type, StructType) else set()
    exists = F.col("payload").isNotNull()
    good = exists & (F.size(broken_rules(watched.errors)) == 0)
    flags = [
        filled(F.col(name), schema[name].dataType, F.col(f"raw.{name}") if name in raw_names else None)
        for name in watched.attributes
    ]
    broken = broken_rules(watched.unreadable)
    flags += [F.array_contains(broken, rule.name) for rule in watched.unreadable]
    numbers = [_number(good & flag).alias(f"is_{n}") for n, flag in enumerate(flags)]
    return typed.select(
        "source_key", _number(good).alias("is_good"), _number(exists & ~good).alias("is_bad"), *numbers
    )


def _flags_before(
    silver: DataFrame, watched: Watched, side: str, wanted: Collection[int] | None = None
) -> list[Column]:
    types = {field.name: field.dataType for field in silver.schema.fields}
    has_warnings = "warnings" in types
    flags = [filled(F.col(n), types[n]) if n in types else F.lit(False) for n in watched.attributes]
    flags += [
        F.array_contains("warnings", rule.name) if has_warnings else F.lit(False)
        for rule in watched.unreadable
    ]
    return [
        _number(flag).alias(f"{side}_{n}") for n, flag in enumerate(flags) if wanted is None or n in wanted
    ]


def _number(flag: Column) -> Column:
    return F.coalesce(flag, F.lit(False)).cast("int")


def _summed(rows: DataFrame, sums: dict[str, Column], *, beside: DataFrame | None = None) -> Counts:
    summed = rows.agg(*[F.sum(value).alias(f"s{n}") for n, value in enumerate(sums.values())])
    row = (summed if beside is None else summed.crossJoin(beside)).collect()[0].asDict()
    found = {name: row.pop(f"s{n}") or 0 for n, name in enumerate(sums)}
    return found | row


def empty_fields(silver: DataFrame, source: str) -> DataFrame:
    """Columns that hardly any silver row has a value in: ``source, metric (empty_field), reason, records``.

    Args:
        silver: the source's written silver table.
        source: its short name.
    """
    schema = silver.schema
    names = [schema[name] for name in attributes_of(schema)]
    counted = silver.agg(
        F.count("source_key").alias("total"),
        *[F.count_if(filled(F.col(f.name), f.dataType)).alias(f"n{n}") for n, f in enumerate(names)],
    )
    rows = [
        counted.select(
            F.lit(source).alias("source"),
            F.lit("empty_field").alias("metric"),
            F.lit(f.name).alias("reason"),
            (F.col("total") - F.col(f"n{n}")).alias("records"),
            "total",
        )
        for n, f in enumerate(names)
    ]
    every = reduce(DataFrame.unionByName, rows)
    hardly = F.col("total") - F.col("records") <= F.col("total") * HARDLY_ANY
    return every.where(hardly & (F.col("total") >= _FEW)).drop("total")
