"""Rules that rows are checked against: errors send a row to quarantine, warnings stay with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DataType, StructType

from customer_360.parameters import Rule

# Columns that a checked frame carries for rules and for quarantine, and that silver does not keep.
_NOT_SILVER = ("raw", "payload", "ingested_at", "run_id")
_KEPT = "_kept"


class RuleError(ValueError):
    """A rule's check is no SQL condition over the columns that it may use."""


def check_rules(frame: DataFrame, rules: Sequence[Rule], *, source: str) -> tuple[DataFrame, DataFrame]:
    """Part a cleaned frame into rows that keep every error rule and rows that break one; no row is lost.

    A check that evaluates to NULL counts as failed: say ``x IS NULL OR ...`` where null is fine.

    Args:
        frame: ``source_key``, silver columns, ``raw``, ``payload``, ``ingested_at``, ``run_id``.
        rules: in the order in which a row names them.
        source: short name of the source.

    Returns:
        ``valid``: the silver columns, ``warnings ARRAY<STRING>`` (names of the warning rules that the row
        breaks, as declared), ``run_id``.
        ``quarantined``: ``source, source_key, reasons ARRAY<STRING>`` (names of the error rules that the row
        breaks, as declared), ``payload, run_id, ingested_at``.

    Raises:
        RuleError: a check cannot be resolved or is not boolean; names the source and the rule.
    """
    schema = frame.schema
    _check_expressions(frame, schema, rules, source=source)
    errors = [rule for rule in rules if rule.severity == "error"]
    warnings = [rule for rule in rules if rule.severity == "warning"]
    silver = [name for name in schema.names if name not in _NOT_SILVER]
    holds = reduce(Column.__and__, [_holds(rule) for rule in errors], F.lit(True))
    valid = frame.select(*silver, broken_rules(warnings).alias("warnings"), "run_id", holds.alias(_KEPT))
    quarantined = frame.select(
        F.lit(source).alias("source"),
        "source_key",
        broken_rules(errors).alias("reasons"),
        "payload",
        "run_id",
        "ingested_at",
        (~holds).alias(_KEPT),
    )
    return _kept(valid), _kept(quarantined)


def _kept(frame: DataFrame) -> DataFrame:
    """The rows where the column ``_kept`` is true, without it.

    Not ``where``: an optimiser pushes a filter below the projections that make its columns and so computes
    all of the cleaning a second time for the filter alone (Sail took twenty times as long). It cannot push
    one through ``explode``.
    """
    once = F.explode(F.when(F.col(_KEPT), F.array(F.lit(True)))).alias("_once")
    return frame.select("*", once).drop(_KEPT, "_once")


def _holds(rule: Rule) -> Column:
    return F.coalesce(F.expr(f"({rule.check})"), F.lit(False))


def broken_rules(rules: Sequence[Rule]) -> Column:
    """``ARRAY<STRING>``: names of the rules that a row breaks, as declared."""
    names = F.array(*[F.when(~_holds(rule), F.lit(rule.name)) for rule in rules])
    return F.array_compact(names) if rules else names.cast("array<string>")


def _check_expressions(frame: DataFrame, schema: StructType, rules: Sequence[Rule], *, source: str) -> None:
    if not rules:
        return
    # One look at all; only when it fails, one at each to find the rule that is to blame.
    empty = frame.sparkSession.createDataFrame([], schema)
    try:
        types = _types(empty, rules)
    except Exception:
        for rule in rules:
            try:
                _types(empty, [rule])
            except Exception as error:
                raise RuleError(
                    f"cleaning.sources.{source}: rule '{rule.name}' has a check that Spark does not accept: "
                    f"{str(error).splitlines()[0]} A check is a SQL condition over "
                    f"{', '.join(name for name in schema.names if name != 'raw')} and raw.*."
                ) from error
        raise
    for rule, kind in zip(rules, types, strict=True):
        if not isinstance(kind, BooleanType):
            raise RuleError(
                f"cleaning.sources.{source}: the check of rule '{rule.name}' gives {kind.simpleString()}, "
                "not a boolean."
            )


def _types(empty: DataFrame, rules: Sequence[Rule]) -> list[DataType]:
    checks = [F.expr(f"({rule.check})").alias(rule.name) for rule in rules]
    return [field.dataType for field in empty.select(*checks).schema.fields]
