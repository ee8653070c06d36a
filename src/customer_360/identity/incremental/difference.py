"""Which records came, changed or went since the last resolution."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.parameters import IdentityModel

_NOTHING = "\u0000"


def with_fingerprint(records: DataFrame, model: IdentityModel) -> DataFrame:
    """``source, key``, the attributes that the model reads, as texts, and ``fingerprint`` BIGINT: their hash."""
    there = [name for name in sorted(model.attributes) if name in records.columns]
    texts = records.select("source", "key", *[F.col(name).cast("string").alias(name) for name in there])
    # null is a value of its own: a hash passes over it
    values = [
        F.coalesce(F.col(name), F.lit(_NOTHING)) if name in there else F.lit(_NOTHING)
        for name in sorted(model.attributes)
    ]
    return texts.withColumn("fingerprint", F.xxhash64(*values))


def differences(records: DataFrame, former: DataFrame) -> DataFrame:
    """Compare the records with those of the last resolution.

    Args:
        records: ``source, key``, attributes and ``fingerprint``.
        former: ``rid, fingerprint`` of the last resolution.

    Returns:
        the records that are new or changed, and those that are gone (attributes null): their columns, ``rid`` and
        ``kind`` (``new``, ``changed``, ``gone``).
    """
    before = former.select(F.col("rid").alias("former_rid"), F.col("fingerprint").alias("former"))
    now = records.withColumn("rid", F.xxhash64("source", "key"))
    both = before.join(now, F.col("former_rid") == F.col("rid"), "full_outer")
    differs = both.where(
        F.col("former").isNull() | F.col("fingerprint").isNull() | (F.col("former") != F.col("fingerprint"))
    )
    kind = (
        F.when(F.col("fingerprint").isNull(), F.lit("gone"))
        .when(F.col("former").isNull(), F.lit("new"))
        .otherwise(F.lit("changed"))
    )
    return differs.withColumns({"kind": kind, "rid": F.coalesce("rid", "former_rid")}).drop(
        "former_rid", "former"
    )
