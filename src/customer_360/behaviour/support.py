"""Support metrics: how many tickets a customer has, of which kind, and since when."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.behaviour.linked import linked_records
from customer_360.parameters import MetricsParameters, ticket_column

SUPPORT = "support"


def ticket_measures(metrics: MetricsParameters) -> dict[str, Column]:
    """What is added up over tickets, for a customer or in all: name and value (0 or 1) of one ticket.

    A status or category that is not configured counts as unknown, so that the statuses, and the categories,
    always add up to ``ticket_count``.
    """
    high = F.col("priority").isin(*metrics.high_priorities)
    return {
        "ticket_count": F.lit(1).cast("bigint"),
        **{ticket_column(word): _one_if(F.col("status") == word) for word in metrics.statuses},
        "unknown_status_ticket_count": _one_unless(F.col("status"), metrics.statuses),
        "high_priority_ticket_count": _one_if(high),
        "open_high_priority_ticket_count": _one_if(high & (F.col("status") == "open")),
        **{ticket_column(word): _one_if(F.col("category") == word) for word in metrics.categories},
        "unknown_category_ticket_count": _one_unless(F.col("category"), metrics.categories),
    }


def support_metrics(tickets: DataFrame, crosswalk: DataFrame, metrics: MetricsParameters) -> DataFrame:
    """One row for each customer with tickets.

    Args:
        tickets: ``source_key, status, category, priority, created_date``.
        crosswalk: ``customer_id, source, source_key, ...``.
        metrics: the statuses, categories and priorities to count.

    Returns:
        ``customer_id``; the BIGINT counts of :func:`ticket_measures`; ``first_ticket_date,
        last_ticket_date`` DATE, null where no ticket has a date.
    """
    linked = linked_records(tickets, crosswalk, source=SUPPORT)
    return linked.groupBy("customer_id").agg(
        *[F.sum(value).alias(name) for name, value in ticket_measures(metrics).items()],
        F.min("created_date").alias("first_ticket_date"),
        F.max("created_date").alias("last_ticket_date"),
    )


def _one_if(condition: Column) -> Column:
    return F.when(condition, 1).otherwise(0).cast("bigint")


def _one_unless(value: Column, known: Sequence[str]) -> Column:
    return F.when(value.isin(*known), 0).otherwise(1).cast("bigint")
