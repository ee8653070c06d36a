from __future__ import annotations

from typing import Any

from customer_360.stewardship.diff_text import count_lines, example_lines


def shown(kind: str, customer: str | None, records: int, parts: int = 1, *others: str) -> dict[str, Any]:
    return {
        "kind": kind, "customer_id": customer, "cluster_id": None if customer else "k9", "records": records,
        "parts": parts, "with_customers": list(others),
    }  # fmt: skip


def member(customer: str | None, cluster: str | None, key: str, records: int = 1) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "cluster_id": cluster,
        "source": "crm",
        "source_key": key,
        "records": records,
    }


def test_counts_in_the_order_of_kinds() -> None:
    rows = [
        {"kind": "new", "customers": 1, "records": 2},
        {"kind": "merged", "customers": 1200, "records": 4000},
    ]
    lines = count_lines(rows, today=1300, then=701)
    assert lines[0] == "Customers: 1,300 today, 701 then."
    assert [line.split()[:2] for line in lines[1:]] == [["merged", "1,200"], ["new", "1"]]


def test_each_example_shows_the_records_it_is_about_and_no_others() -> None:
    rows = [shown("new", None, 1), shown("split", "C3", 5, 2), shown("merged", "C1", 1, 1, "C2")]
    members = [
        member("C1", "k1", "1"), member("C2", "k1", "2"), member("C3", "k3", "3", records=4),
        member("C3", "k4", "4"), member("C3", None, "5"), member(None, "k9", "9"),
    ]  # fmt: skip
    attributes = {
        ("crm", "1"): {"given_name": "Anna", "email": None, "city": ""},
        ("crm", "2"): {"given_name": "Anne", "city": "Ulm"},
        ("crm", "3"): {"city": "Bonn"},
    }
    assert example_lines(rows, members, attributes, show_values=False) == [
        "",
        "merged: C1 and C2 would be one customer",
        "    crm:1 of C1 today: A•••",
        "    crm:2 of C2 today: A••e | U••",
        "",
        "split: C3 would be 2 customers",
        "  part 1",
        "    crm:3 of C3 today: B•••",
        "    and 3 more records of C3 today",
        "  part 2",
        "    crm:4 of C3 today",
        "  to nobody",
        "    crm:5 of C3 today",
        "",
        "new: a new customer of 1 record",
        "    crm:9 of nobody today",
    ]
    open_values = example_lines(rows, members, attributes, show_values=True)
    assert "    crm:1 of C1 today: Anna" in open_values
