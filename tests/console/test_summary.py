"""The summary as a whole: short, and complete in what people must not miss."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from support.report_rows import BEFORE, CHANGED, REPORT, row

from customer_360.console.history import RunChanges
from customer_360.console.summary import MAIN_TABLES, Outcome, main_tables, print_summary

UNLINKED = [row("erp", "linked", None, 10), row("erp", "unlinked", "no_match", 7)]
EMPTY = [row("erp", "empty_field", "tax_id", 17)]
ROWS = {"bronze_crm_users": 1_514, **dict.fromkeys(MAIN_TABLES, 5), "gold_run_report": 94}


def printed(changes: RunChanges, *, verbose: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=160, highlight=False, soft_wrap=True)
    outcome = Outcome(seconds=1.0, rows=ROWS, report=[*REPORT, *UNLINKED, *EMPTY])
    print_summary(console, outcome, changes, ["Identity: 3 of 5 [records] resolved"], verbose=verbose)
    return out.getvalue()


MUST_BE_SEEN = (
    "2 missing_key, 1 no_identity", "7 no match", "erp tax_id", "Warnings: 293", "invalid_phone 251",
    "3 of 5 [records] resolved", "gold/unlinked_records", "silver/quarantine",
)  # fmt: skip


@pytest.mark.parametrize("verbose", [False, True])
def test_what_was_refused_unlinked_or_warned_of_is_seen(verbose: bool) -> None:
    said = printed(RunChanges(CHANGED, [*BEFORE, *UNLINKED], since="before", known=True), verbose=verbose)
    for words in MUST_BE_SEEN:
        assert words in said
    assert ("gold/run_report" in said) is verbose
    assert ("--verbose shows all 7 tables" in said) is not verbose


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (RunChanges(CHANGED, BEFORE, since="r1", since_time="2026-03-03 04:00", known=True),
         "Changed since the run of 2026-03-03 04:00 UTC:"),
        (RunChanges(CHANGED, [], since="2026-03-03T04.00", known=True), "Changed since the run 2026-03-03T04.00:"),
        (RunChanges([row("all", "counted_from", "r1", 0)], BEFORE, since="r1", known=True),
         "Nothing has changed since the run r1."),
        (RunChanges(CHANGED, known=True, of_part=True), "Changed in this run:"),
        (RunChanges(known=True, of_part=True), "Nothing has changed in this run."),
        (RunChanges(CHANGED, known=True), "This is the first run that is counted: every record is new."),
    ],
)  # fmt: skip
def test_since_when_is_said(changes: RunChanges, words: str) -> None:
    assert words in printed(changes)


def test_the_main_tables_or_those_that_there_are() -> None:
    assert tuple(main_tables(ROWS)) == MAIN_TABLES
    assert main_tables({"silver_quarantine": 3, "silver_crm_users": 9}) == {"silver_quarantine": 3}
    assert main_tables({"bronze_crm_users": 9}) == {"bronze_crm_users": 9}
