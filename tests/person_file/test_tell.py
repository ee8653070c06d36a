"""What ``kedro resolve`` says of a result."""

from __future__ import annotations

from collections import Counter

import pytest

from customer_360.person_file.columns import Matched
from customer_360.person_file.findings import Findings
from customer_360.person_file.parts import StagedPersons
from customer_360.person_file.tell import about_result

OTHERS = {
    "shared": [("phone", 1, 16), ("birth_date", 2, 1_400)],
    "skipped": [("by name", 1, 900), ("by city", 3, 12_000)],
    "left_out": ["by street"],
}
SAID_OF_OTHERS = [
    "  phone: 1 value is shared by too many to be anybody's own (16 records); not used as evidence.",
    "  birth_date: 2 values are shared by too many to be anybody's own (1,400 records); not used as evidence.",
    "  blocking rule 'by name': 1 block of 900 records was too large to be compared.",
    "  blocking rule 'by city': 3 blocks of 12,000 records were too large to be compared.",
    "  blocking rule 'by street' was left out: it would have cost too many pairs.",
]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Findings(records=1, sizes={1: 1}, expected_pairs=0.2),
            [
                "1 record is 1 person; 0 of them have several records, at most 1.",
                "Estimated: 0 pairs of records of one person.",
            ],
        ),
        (
            Findings(records=3, sizes={2: 1, 1: 1}, expected_pairs=0.9),
            [
                "3 records are 2 persons; 1 of them has several records, at most 2.",
                "Estimated: 1 pair of records of one person.",
            ],
        ),
        (
            Findings(records=12_345, sizes={1: 5, 2: 6_170}, expected_pairs=6_170.2, **OTHERS),
            [
                "12,345 records are 6,175 persons; 6,170 of them have several records, at most 2.",
                "Estimated: 6,170 pairs of records of one person.",
                *SAID_OF_OTHERS,
            ],
        ),
    ],
)
def test_numbers_are_said_in_whole_sentences(found: Findings, said: list[str]) -> None:
    assert list(about_result(found, StagedPersons(Matched({}, [], []), []))) == said


def test_numbers_that_a_spreadsheet_rounded_are_told() -> None:
    staged = StagedPersons(Matched({}, [], []), [], rounded=Counter({"phone": 3, "national_id": 0}))
    *_, last = about_result(Findings(records=3, sizes={1: 3}, expected_pairs=0.0), staged)
    assert last.startswith("  phone holds 3 numbers that were rounded")
