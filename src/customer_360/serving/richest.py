"""The customer to show as an example: one whose records were in as many systems as there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def best_known_customer(customers: DataFrame) -> str | None:
    """The id of the customer whose records are in most systems; of several the first by id. None without any.

    Args:
        customers: ``customer_id, source_count``.
    """
    from pyspark.sql import functions as F

    first = customers.select("customer_id", "source_count").orderBy(F.desc("source_count"), "customer_id")
    rows = first.limit(1).collect()
    return rows[0]["customer_id"] if rows else None
