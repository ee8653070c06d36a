"""How many records have a value in each field, before a run and after what its pull changes: one query per source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BooleanType, DataType, StringType, StructType

from customer_360.parameters import Rule
from customer_360.quality.rules import broken_rules

NOT_ATTRIBUTES = frozenset(
    {"source_key", "key_kind", "raw", "payload", "ingested_at", "run_id", "warnings", "reasons"}
)
HARDLY_ANY = 0.05
_UNKNOWN = "unknown"
_NESTED = r"(?s)^\s*[\[{].*[\]}]\s*$"
_KINDS = ("changed", "was_good", "was_bad", "is_good", "is_bad")
_FEW = 10


def attributes_of(schema: StructType) -> list[str]:
    """The columns that hold what a source says about its records."""
    return [
        field.name
        for field in schema.fields
        if field.name not in NOT_ATTRIBUTES and not isinstance(field.dataType, BooleanType)
    ]


def count_fields(
    typed: DataFrame,
    silver: DataFrame,
    quarantine: DataFrame,
    *,
    source: str,
    attributes: Sequence[str],
    rules: Sequence[Rule],
) -> dict[str, Any]:
    """Numbers of a source's records, and of those with a value in a field or with a value that cannot be read.

    Args:
        typed: typed rows of all changes (``payload`` null: deleted).
        silver: the source's silver table before.
        quarantine: ``silver_quarantine`` before.
        source: its short name.
        attributes: columns to count values of.
        rules: the source's rules.

    Returns:
        ``good before, bad before, good, bad`` (bad: in quarantine), ``new`` (good ones that silver lacked), and for
        each attribute, and for each rule marked unreadable as ``rule <name>``: ``<name> before``, ``<name> after``,
        ``<name> new``, and of the records that are good before and after: ``<name> had``, ``<name> kept``.
    """
    unreadable = [rule for rule in rules if rule.unreadable]
    errors = [rule for rule in rules if rule.severity == "error"]
    now = _now(typed, attributes, unreadable, errors)
    before = _before(silver, quarantine, source, attributes, unreadable)
    names = [*attributes, *[f"rule {rule.name}" for rule in unreadable]]
    return _counts(now.unionByName(before), names)


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


def _now(
    typed: DataFrame,
    attributes: Sequence[str],
    unreadable: Sequence[Rule],
    errors: Sequence[Rule],
) -> DataFrame:
    schema = typed.schema
    raw_type = schema["raw"].dataType if "raw" in schema.names else None
    raw_names = set(raw_type.names) if isinstance(raw_type, StructType) else set()
    exists = F.col("payload").isNotNull()
    good = exists & (F.size(broken_rules(errors)) == 0)
    flags = [
        filled(F.col(name), schema[name].dataType, F.col(f"raw.{name}") if name in raw_names else None)
        for name in attributes
    ]
    broken = broken_rules(unreadable)
    flags += [F.array_contains(broken, rule.name) for rule in unreadable]
    kinds = {"changed": F.lit(1), "is_good": _number(good), "is_bad": _number(exists & ~good)}
    return _side(typed, kinds | {f"is_{n}": _number(good & flag) for n, flag in enumerate(flags)}, len(flags))


def _before(
    silver: DataFrame,
    quarantine: DataFrame,
    source: str,
    attributes: Sequence[str],
    unreadable: Sequence[Rule],
) -> DataFrame:
    types = {field.name: field.dataType for field in silver.schema.fields}
    flags = [filled(F.col(n), types[n]) if n in types else F.lit(False) for n in attributes]
    has_warnings = "warnings" in types
    flags += [
        F.array_contains("warnings", rule.name) if has_warnings else F.lit(False) for rule in unreadable
    ]

    marks = {"was_good": F.lit(1)} | {f"was_{n}": _number(flag) for n, flag in enumerate(flags)}
    bad = quarantine.where(F.col("source") == source)
    return _side(silver, marks, len(flags)).unionByName(_side(bad, {"was_bad": F.lit(1)}, len(flags)))


def _side(frame: DataFrame, values: dict[str, Column], flags: int) -> DataFrame:
    """``source_key`` and all numbers; those that are not given are 0."""
    names = [*_KINDS, *[f"{side}_{n}" for side in ("was", "is") for n in range(flags)]]
    key = F.col("source_key")
    # never NOT NULL, as literals are: Sail takes a union of both for a contradiction
    columns = [F.when(key.isNotNull(), values.get(name, F.lit(0))).alias(name) for name in names]
    return frame.select(key, *columns)


def _number(flag: Column) -> Column:
    return F.coalesce(flag, F.lit(False)).cast("int")


def _counts(rows: DataFrame, names: Sequence[str]) -> dict[str, Any]:
    per_record = rows.groupBy("source_key").agg(
        *[F.max(name).alias(name) for name in _KINDS],
        *[F.max(f"{side}_{n}").alias(f"{side}_{n}") for side in ("was", "is") for n in range(len(names))],
    )
    changed = F.col("changed") == 1

    def after(is_now: str, was: str) -> Column:
        return F.when(changed, F.col(is_now)).otherwise(F.col(was))

    stays_good = F.col("was_good") * after("is_good", "was_good")
    sums = {
        "good before": F.col("was_good"),
        "bad before": F.col("was_bad"),
        "good": after("is_good", "was_good"),
        "bad": after("is_bad", "was_bad"),
        "new": changed.cast("int") * (1 - F.col("was_good")) * F.col("is_good"),
    }
    for n, name in enumerate(names):
        was, now = F.col(f"was_{n}"), after(f"is_{n}", f"was_{n}")
        sums |= {
            f"{name} before": was,
            f"{name} after": now,
            f"{name} had": was * stays_good,
            f"{name} kept": was * stays_good * now,
            f"{name} new": changed.cast("int") * (1 - F.col("was_good")) * F.col(f"is_{n}"),
        }
    row = per_record.agg(*[F.sum(value).alias(f"s{n}") for n, value in enumerate(sums.values())]).collect()[0]
    return {name: row[f"s{n}"] or 0 for n, name in enumerate(sums)}


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
