"""The identity model's SQL and names, checked before a run begins: on tables of the right shape without any row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.engine import with_columns
from customer_360.identity.compare import columns_of_pair, layout_of, over_pairs
from customer_360.identity.prepare import feature_names, features
from customer_360.parameters import IdentityModel, check_name

_OF_RECORDS = ("source", "key", "source_number")


class IdentityModelError(ValueError):
    """The identity model cannot be used as it is configured."""


def check_model(spark: SparkSession, model: IdentityModel) -> None:
    """Check which features the model speaks of, and that the engine takes its SQL.

    Raises:
        UnknownNameError: a condition or ``about`` names a feature that the model's attributes do not give.
        IdentityModelError: SQL that the engine does not accept, or too many levels; naming the setting.
    """
    try:
        layout_of(model)
    except ValueError as error:
        raise IdentityModelError(f"identity.comparisons: {error}") from error
    pairs = _over_pairs(model)
    known = [
        *feature_names(model),
        *_OF_RECORDS,
        *(f"{name}_frequency_bin" for name in model.term_frequencies),
    ]
    for comparison in model.comparisons:
        for name in comparison.about:
            check_name(f"identity.comparisons, {comparison.name}.about", "feature", name, known)
    for where, condition in pairs.items():
        for name in sorted(columns_of_pair([condition])):
            check_name(where, "feature", name, known)
    texts = ", ".join(f"`{name}` STRING" for name in ("source", "key", *model.attributes))
    schema = features(spark.createDataFrame([], texts), model).schema
    record = spark.createDataFrame([], schema)
    record = with_columns(record, {f"{name}_frequency_bin": F.lit(0) for name in model.term_frequencies})
    record = record.withColumn("source_number", F.lit(0))
    _check_sql(record, _over_records(model))
    both = record.select(
        *[F.col(name).alias(f"{side}_{name}") for side in ("l", "r") for name in record.columns]
    )
    _check_sql(both, pairs, over_pairs)


def _over_pairs(model: IdentityModel) -> dict[str, str]:
    found = {f"identity.comparisons, {item.name}.null": item.null for item in model.comparisons}
    for item in model.comparisons:
        found |= {
            f"identity.comparisons, {item.name}, level '{level.name}'": level.when
            for level in item.levels
            if level.when is not None
        }
    return found | {f"identity.rules, {rule.name}": rule.when for rule in model.rules}


def _over_records(model: IdentityModel) -> dict[str, str]:
    found = {f"identity.term_frequencies.{name}": sql for name, sql in model.term_frequencies.items()}
    for rule in model.blocking.rules:
        found |= {
            f"identity.blocking.rules, {rule.name}, key {number}": key
            for number, key in enumerate(rule.keys, start=1)
        }
    return found


def _check_sql(frame: DataFrame, expressions: Mapping[str, str], form: Callable[[str], str] = str) -> None:
    """One look at all; only when it fails, one at each to find the one that is to blame."""
    try:
        _look(frame, map(form, expressions.values()))
    except Exception:
        for where, sql in expressions.items():
            try:
                _look(frame, [form(sql)])
            except Exception as error:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
                raise IdentityModelError(f"{where}: the engine does not accept {sql!r}: {reason}") from error
        raise


def _look(frame: DataFrame, expressions: Iterable[str]) -> None:
    """An engine looks at a frame only when its schema is asked."""
    columns = [F.expr(f"({sql})").alias(f"_{number}") for number, sql in enumerate(expressions)]
    if columns:
        frame.select(*columns).schema  # noqa: B018
