"""The summary's lines: nothing that was refused, could not be linked or was warned of is left out of them."""

from __future__ import annotations

import pytest
from support.report_rows import BEFORE, CHANGED, REPORT, Rows, row

from customer_360.console.history import RunChanges
from customer_360.console.records import (
    customer_line,
    linked_lines,
    reason_lines,
    record_lines,
    warning_line,
)


def test_a_line_per_source_with_what_changed_and_what_was_refused() -> None:
    changes = RunChanges(CHANGED, BEFORE, since="before", known=True)
    assert record_lines(REPORT, changes) == [
        "source  records  new  changed  deleted  quarantined",
        "crm       1,514   12        0        1  3 (+2): 2 missing_key, 1 no_identity",
        "erp          17    0        2        0  0 (-4)",
    ]


@pytest.mark.parametrize(
    ("report", "changes", "lines"),
    [
        # cleaning alone: nothing is known of changes
        (
            REPORT[:4],
            RunChanges(),
            ["source  records  quarantined", "crm       1,514  3: 2 missing_key, 1 no_identity"],
        ),
        # ingestion alone: nothing was checked yet
        (
            [],
            RunChanges([row("crm", "new", None, 12)], known=True),
            ["source  new  changed  deleted", "crm      12        0        0"],
        ),
        ([], RunChanges(known=True), []),
        ([], RunChanges(), []),
    ],
)  # fmt: skip
def test_a_part_of_the_flow_tells_what_it_knows(report: Rows, changes: RunChanges, lines: list[str]) -> None:
    assert record_lines(report, changes) == lines


@pytest.mark.parametrize(
    ("rows", "before", "lines"),
    [
        ([row("crm", "linked", None, 5)], [], ["crm               5 of 5"]),
        (
            [
                row("erp", "linked", None, 1_200),
                row("erp", "linked_by", "erp_customer_number", 1_200),
                row("erp", "unlinked", "own_customer", 23),
            ],
            [],
            ["erp           1,200 of 1,223  (23 became customers of their own)"],
        ),
        (
            [
                row("support", "unlinked", "no_key", 4),
                row("support", "unlinked", "ambiguous", 2),
                row("support", "linked", None, 10),
                row("support", "silver", None, 16),
            ],
            [],
            ["support          10 of 16  (2 ambiguous, 4 no key)"],
        ),
        (
            [row("support", "linked", None, 10), row("support", "unlinked", "no_key", 4)],
            [row("support", "unlinked", "no_key", 1), row("support", "unlinked", "no_match", 2)],
            ["support          10 of 14  (4 (+3) no key, 0 (-2) no match)"],
        ),
        ([row("crm", "silver", None, 3)], [], []),
    ],
)
def test_how_many_records_found_their_customer(rows: Rows, before: Rows, lines: list[str]) -> None:
    assert linked_lines(rows, before) == lines


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (RunChanges(), "508"),
        (RunChanges([row("all", "identity_event", "created", 508)], known=True), "508: 508 created"),
        (
            RunChanges(CHANGED, BEFORE, since="before", known=True),
            "508 (+2): 3 created, 1 merged into others, 2 records left theirs",
        ),
    ],
)
def test_what_happened_to_customers(changes: RunChanges, line: str) -> None:
    assert customer_line(REPORT, changes) == line
    assert customer_line(REPORT[:4], changes) == "", "a part of the flow knows no customers"


def test_warnings_are_counted_and_the_most_frequent_named() -> None:
    most = "about records that were kept, mostly crm invalid_phone 251, erp missing_name 42"
    assert warning_line(REPORT, []) == f"293 {most}"
    assert warning_line(REPORT, BEFORE) == f"293 (+43) {most}"
    assert warning_line(REPORT[:4], BEFORE) == ""


def test_every_reason_has_a_line_of_its_own() -> None:
    assert [line.split() for line in reason_lines(REPORT, "error")] == [
        ["crm", "missing_key", "2"],
        ["crm", "no_identity", "1"],
    ]
    assert [line.split() for line in reason_lines(REPORT, "warning")] == [
        ["crm", "invalid_phone", "251"],
        ["erp", "missing_name", "42"],
    ]
