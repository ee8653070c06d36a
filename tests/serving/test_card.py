from __future__ import annotations

import json
from typing import Any

import pytest
from support import small_lakehouse
from support.small_lakehouse import ANN, GONE, OLD

from customer_360.serving import Customer, Match, read_customer
from customer_360.serving.card import card_lines, customer_as_data, match_lines, short_card_lines


class _Rows:
    """The tables in memory, asked as a lakehouse is."""

    def rows(self, table: str, where: Any = None, *, columns: Any = (), limit: int | None = None) -> Any:
        found = small_lakehouse.tables().get(table, [])
        return [row for row in found if all(row[name] in values for name, values in (where or {}).items())]


@pytest.fixture(scope="module")
def ann() -> Customer:
    return read_customer(_Rows(), ANN, asked_id=OLD)


CARD = f"""\
Customer {ANN}: Ann Lee
{OLD} has become part of this customer.

Profile
  full name     Ann Lee   crm
  email         ann@x.io  crm
  country code  US        erp

Records
  crm          1  crm:1
  erp          1  erp:7
  marketing    1  marketing:5  (linked by the rule post_author)
  support      1  support:t'1

Figures
  marketing  1 post, 1,200 views, 3 likes, 0 dislikes, engagement 0.2 %; tags: love
  support    2 tickets, 1 open, 0 of high priority; 2025-01-02 to 2025-03-04

Why these records are one customer
  crm:1 and erp:7: email equal and family name equal, 99.8 %

What happened
  2026-03-01 00:00  created    crm:1 (because)
  2026-03-02 00:00  absorbed   crm:4 from {OLD} (because)
  2026-03-03 00:00  took over  {OLD} (because)"""


def test_the_card(ann: Customer) -> None:
    assert "\n".join(card_lines(ann, show_values=True)) == CARD


def test_the_short_card_has_the_best_known_attributes_and_no_history(ann: Customer) -> None:
    short = "\n".join(short_card_lines(ann, show_values=True))
    assert (
        "full name  Ann Lee   crm" in short and "country code" not in short and "What happened" not in short
    )
    assert "\n\nRecords\n" + CARD.partition("\n\nRecords\n")[2].partition("\n\nWhy")[0] in short


def test_values_are_masked_and_what_is_no_secret_is_not(ann: Customer) -> None:
    text = "\n".join(card_lines(ann, show_values=False))
    assert "Ann" not in text and "x.io" not in text
    assert "A••••••" in text and "country code  US" in text and "crm:1 and erp:7" in text


def test_a_customer_of_the_past() -> None:
    lines = card_lines(read_customer(_Rows(), GONE), show_values=True)
    assert lines[:2] == [f"Customer {GONE}", "No record belongs to this customer today."]
    assert lines[-1].endswith("retired    (because)")


def test_values_for_programs(ann: Customer) -> None:
    data = json.loads(json.dumps(customer_as_data(ann, show_values=True)))
    assert (data["customer_id"], data["asked_id"]) == (ANN, OLD)
    assert data["profile"]["email"] == {"value": "ann@x.io", "source": "crm"}
    assert data["records"][0] == {"source": "crm", "source_key": "1", "method": "anchor", "confidence": 0.9}
    assert (data["marketing"]["view_count"], data["support"]["last_ticket_date"]) == (1200, "2025-03-04")
    assert len(data["events"]) == 3 and data["links"][0]["joined_by"] == "own_evidence"
    assert customer_as_data(ann, show_values=False)["profile"]["email"]["value"] == "a•••••••"


def test_a_long_list_is_cut() -> None:
    lines = card_lines(
        Customer(customer_id="C", events=[*read_customer(_Rows(), ANN).events] * 10), show_values=True
    )
    assert lines[-1] == "  ... and 18 more (--json has all)"


def test_customers_to_choose_from() -> None:
    matches = [Match("C1", "Ann Lee", "ann@x.io"), Match("C2")]
    assert match_lines(matches, show_values=True) == ["  C1  Ann Lee  ann@x.io", "  C2"]
    assert match_lines(matches, show_values=False) == ["  C1  A••••••  a•••••••", "  C2"]
