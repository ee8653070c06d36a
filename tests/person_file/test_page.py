from __future__ import annotations

import re
from collections import Counter

import pytest

from customer_360.person_file.columns import Matched
from customer_360.person_file.findings import Example, Findings
from customer_360.person_file.page import report_page
from customer_360.person_file.parts import StagedPersons

LINK = {
    "left_source": "crm", "left_key": "1", "right_source": "crm", "right_key": "2", "method": "match_weight",
    "match_weight": 9.0, "probability": 0.998,
    "evidence": [{"comparison": "email", "level": "equal", "weight": 12.0}],
}  # fmt: skip
RECORDS = [
    {
        "source": "crm",
        "key": key,
        "confidence": 0.998,
        "email": "ann@example.org",
        "family_name": "<b>Lee</b>",
    }
    for key in ("1", "2")
]
FOUND = Findings(
    records=7,
    sizes={1: 3, 2: 1, 12: 1},
    expected_pairs=67.4,
    bits={True: {9: 3, -1: 1}, False: {-1: 2}},
    weights=[("email", "equal", 12.0), ("email", "different", -2.0), ("sex", "equal", 1.0)],
    seen={"email"},
    shared=[("phone", 2, 40)],
    skipped=[("by name", 3, 900)],
    left_out=["by city"],
    examples=[Example("one of the largest", 9, RECORDS, [LINK])],
)
STAGED = StagedPersons(
    Matched({"key": 0, "email": 1, "family_name": 2}, [("E-Mail & more", "email")], ["Colour", "<script>"]),
    ["reading the sheet 'People'"],
    rounded=Counter({"phone": 3}),
)


@pytest.mark.parametrize("show_values", [True, False])
def test_values_are_masked_unless_asked_for(show_values: bool) -> None:
    page = report_page("people.csv", STAGED, FOUND, show_values=show_values)
    assert ("ann@example.org" in page) is show_values
    assert ("Lee" in page) is show_values
    assert ("a••••••••••••••" in page) is not show_values


def test_what_is_told() -> None:
    page = report_page("people <1>.csv", STAGED, FOUND, show_values=True)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for said in (
        "Who is who in people &lt;1&gt;.csv", "7 records", "5 persons", "2 of them with several records",
        "12 records of the largest one", "67 pairs of one person expected", "E-Mail &amp; more",
        "Columns ignored: Colour, &lt;script&gt;", "Reading the sheet", "10 or more", "+9 to +10", "-1 to 0",
        "9 records, one of the largest; the least sure of them: 99.8 %", "and 7 more records",
        "crm:1 and crm:2 : email equal +12.0: 99.8 %", "2 values are shared by too many",
        "3 blocks of 900 records were too large",
        "phone holds 3 numbers that were rounded", "&lt;b&gt;Lee&lt;/b&gt;",
    ):  # fmt: skip
        assert said in text, said
    assert "sex" not in text, "no pair of the file has an answer to it"


def test_the_page_needs_nothing_else() -> None:
    page = report_page("people.csv", STAGED, FOUND, show_values=False)
    assert not re.search(r"<script|<link|src=|url\(|https?:", page)
    assert page.count("<section>") == page.count("</section>") == 6


def test_nothing_found_is_said() -> None:
    page = report_page(
        "p.csv", STAGED, Findings(records=1, sizes={1: 1}, expected_pairs=0.0), show_values=False
    )
    assert "Nobody has several records" in page and "No pair was likely enough" in page
