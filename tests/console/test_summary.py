from __future__ import annotations

from typing import Any

import pytest

from customer_360.console.summary import linked_lines


def row(source: str, metric: str, reason: str | None, records: int) -> dict[str, Any]:
    return {"source": source, "metric": metric, "reason": reason, "records": records}


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([row("crm", "linked", None, 5)], ["crm               5 of 5"]),
        (
            [
                row("erp", "linked", None, 1_200),
                row("erp", "linked_by", "erp_customer_number", 1_200),
                row("erp", "unlinked", "own_customer", 23),
            ],
            ["erp           1,200 of 1,223  (23 became customers of their own)"],
        ),
        (
            [
                row("support", "unlinked", "no_key", 4),
                row("support", "unlinked", "ambiguous", 2),
                row("support", "linked", None, 10),
                row("support", "silver", None, 16),
            ],
            ["support          10 of 16  (2 ambiguous, 4 no key)"],
        ),
        ([row("crm", "silver", None, 3)], []),
    ],
)
def test_how_many_records_found_their_customer(rows: list[dict[str, Any]], lines: list[str]) -> None:
    assert linked_lines(rows) == lines
