"""The golden profile: one row per customer."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.parameters import ProfileParameters
from customer_360.profile.records import ProfileConfigurationError, profile_records
from customer_360.profile.survivorship import survivors


def golden_profiles(
    sources: Mapping[str, DataFrame], crosswalk: DataFrame, profile: ProfileParameters
) -> DataFrame:
    """One row for every customer of the crosswalk, also for those that have no attribute at all.

    Args:
        sources: silver frames by source name.
        crosswalk: ``customer_id, source, source_key, method, confidence``.
        profile: attributes, groups and keys.

    Returns:
        ``customer_id``; for each attribute ``<attribute>`` and ``<attribute>_source``; ``source_count`` and
        ``record_count`` BIGINT (sources and records that know the customer); for each configured source
        ``<source>_key``, the key of the customer's best record there.

    Raises:
        ProfileConfigurationError: a source or column that is not there.
    """
    for source in profile.keys:
        if source not in sources:
            raise ProfileConfigurationError(
                f"profile.keys: there is no source '{source}'. Sources: {', '.join(sources)}."
            )
    known = crosswalk.groupBy("customer_id").agg(
        F.size(F.collect_set("source")).cast("bigint").alias("source_count"),
        F.count("*").cast("bigint").alias("record_count"),
    )
    chosen = survivors(profile_records(sources, crosswalk, profile), profile)
    attributes = [column for name in profile.lineage() for column in (name, f"{name}_source")]
    return known.join(chosen, "customer_id", "left").select(
        "customer_id",
        *attributes,
        "source_count",
        "record_count",
        *[f"{source}_key" for source in profile.keys],
    )
