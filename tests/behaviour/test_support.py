from __future__ import annotations

from datetime import date
from typing import Any

from enrichment_frames import SCHEMAS, crosswalk, dictionaries, frame
from enrichment_frames import metrics as shipped
from pyspark.sql import SparkSession

from customer_360.behaviour.support import support_metrics
from customer_360.parameters.enrichment import MetricsParameters

TICKETS: list[tuple[str, str, str | None, str | None, str | None, date | None]] = [
    ("A", "t1", "open", "billing", "high", date(2024, 3, 1)),
    ("A", "t2", "open", "billing", "low", date(2024, 1, 1)),
    ("A", "t3", "closed", "unknown", "high", None),
    ("A", "t4", "unknown", "general", "unknown", None),
    ("A", "t5", None, None, None, None),
    ("A", "t6", "pending", "fax", "urgent", None),
    ("B", "t7", "closed", "technical", "low", None),
    ("", "t8", "open", "billing", "high", date(2020, 1, 1)),
]


def metrics(spark: SparkSession, parameters: MetricsParameters) -> dict[str, dict[str, Any]]:
    names = ("source_key", "status", "category", "priority", "created_date")
    tickets = frame(spark, SCHEMAS["support"], [dict(zip(names, row[1:], strict=True)) for row in TICKETS])
    links = crosswalk(spark, *[(row[0], "support", row[1]) for row in TICKETS if row[0]])
    return dictionaries(support_metrics(tickets, links, parameters), by="customer_id")


def test_metrics_of_customers_with_tickets(spark: SparkSession) -> None:
    found = metrics(spark, shipped())
    assert list(found["A"].items()) == list(
        {
            "customer_id": "A",
            "ticket_count": 6,
            "open_ticket_count": 2,
            "pending_ticket_count": 1,
            "closed_ticket_count": 1,
            "unknown_status_ticket_count": 2,
            "high_priority_ticket_count": 2,
            "open_high_priority_ticket_count": 1,
            "billing_ticket_count": 2,
            "technical_ticket_count": 0,
            "general_ticket_count": 1,
            "unknown_category_ticket_count": 3,
            "first_ticket_date": date(2024, 1, 1),
            "last_ticket_date": date(2024, 3, 1),
        }.items()
    )
    assert (found["B"]["ticket_count"], found["B"]["first_ticket_date"]) == (1, None)
    assert set(found) == {"A", "B"}


def test_the_vocabularies_are_configured(spark: SparkSession) -> None:
    parameters = MetricsParameters(
        statuses=("open",), categories=("fax",), high_priorities=("high", "urgent")
    )
    row = metrics(spark, parameters)["A"]
    assert (row["open_ticket_count"], row["unknown_status_ticket_count"]) == (2, 4)
    assert (row["fax_ticket_count"], row["unknown_category_ticket_count"]) == (1, 5)
    assert row["high_priority_ticket_count"] == 3
    assert "pending_ticket_count" not in row
