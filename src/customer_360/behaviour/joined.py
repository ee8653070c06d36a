"""The join of all answers: one row per customer."""

from __future__ import annotations

from itertools import takewhile

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.schemas import (
    ATTRIBUTES,
    CUSTOMER_360,
    CUSTOMER_MARKETING_METRICS,
    CUSTOMER_SUPPORT_METRICS,
)

# The declared columns before source_count: each table's part of what customer_360 begins with.
_FIRST = (*takewhile(lambda name: name != "source_count", CUSTOMER_360.names),)
PROFILE_COLUMNS = tuple(column.name for column in ATTRIBUTES)
MARKETING_COLUMNS = tuple(name for name in _FIRST[1:] if name in CUSTOMER_MARKETING_METRICS.names)
SUPPORT_COLUMNS = tuple(name for name in _FIRST[1:] if name in CUSTOMER_SUPPORT_METRICS.names)


class MissingColumnsError(ValueError):
    """A table lacks columns that customer_360 always has."""


def build_customer_360(profile: DataFrame, marketing: DataFrame, support: DataFrame) -> DataFrame:
    """Join profile and metrics; every customer of the profile gets exactly one row.

    A null means unknown. A count of a customer without posts or tickets is 0; the engagement rate, top tags
    and dates are null then.

    Args:
        profile: one row per customer, with at least :data:`PROFILE_COLUMNS` and ``source_count``.
        marketing: one row per customer with posts, with at least :data:`MARKETING_COLUMNS`.
        support: one row per customer with tickets, with at least :data:`SUPPORT_COLUMNS`.

    Returns:
        ``customer_id``, :data:`PROFILE_COLUMNS`, :data:`MARKETING_COLUMNS`, :data:`SUPPORT_COLUMNS`,
        ``source_count``, ``record_count``, the ``<source>_key`` columns, ``is_reachable`` BOOLEAN (an e-mail
        address or a phone number is known), ``has_open_high_priority_ticket`` BOOLEAN, and then whatever
        else the three tables have, but for the profile's ``<attribute>_source``.

    Raises:
        MissingColumnsError: a table lacks some of the columns above.
    """
    _check("gold_customer_profile", profile, (*PROFILE_COLUMNS, "source_count", "record_count"))
    _check("gold_customer_marketing_metrics", marketing, MARKETING_COLUMNS)
    _check("gold_customer_support_metrics", support, (*SUPPORT_COLUMNS, "open_high_priority_ticket_count"))
    joined = profile.join(marketing, "customer_id", "left").join(support, "customer_id", "left")
    names = _in_order(profile.columns, marketing.columns, support.columns)
    counts = {name for name in (*marketing.columns, *support.columns) if name.endswith("_count")}
    computed = {
        **{name: F.coalesce(F.col(name), F.lit(0).cast("bigint")) for name in counts},
        "is_reachable": F.col("email").isNotNull() | F.col("phone").isNotNull(),
        "has_open_high_priority_ticket": F.coalesce(
            F.col("open_high_priority_ticket_count") > 0, F.lit(False)
        ),
    }
    return joined.select(*[_column(name, computed) for name in names])


def _column(name: str, computed: dict[str, Column]) -> Column:
    return computed[name].alias(name) if name in computed else F.col(name)


def _in_order(profile: list[str], marketing: list[str], support: list[str]) -> list[str]:
    keys = [name for name in profile if name.endswith("_key")]
    leading = [
        "customer_id", *PROFILE_COLUMNS, *MARKETING_COLUMNS, *SUPPORT_COLUMNS, "source_count", "record_count",
        *keys, "is_reachable", "has_open_high_priority_ticket",
    ]  # fmt: skip
    provenance = {f"{name}_source" for name in profile}
    others = [name for name in (*profile, *marketing, *support) if name not in provenance]
    return list(dict.fromkeys([*leading, *others]))


def _check(table: str, frame: DataFrame, required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in frame.columns]
    if missing:
        raise MissingColumnsError(
            f"{table} lacks columns that gold_customer_360 always has: {', '.join(missing)}. "
            "Keep these attributes in conf/base/parameters_enrichment.yml; a source may leave them blank."
        )
