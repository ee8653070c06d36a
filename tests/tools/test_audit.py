"""What the audit of pins says: a package that could not be looked up is never taken for one without a flaw."""

from __future__ import annotations

from typing import Any

import pytest
from audit import verdict

GOOD = {"name": "a", "version": "1", "vulns": []}
FLAWED = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("found", "lines", "is_whole", "is_flawed"),
    [
        ([GOOD, GOOD], ["2 packages: no known vulnerability."], True, False),
        ([GOOD, FLAWED], ["b 2: PYSEC-1, mended in 2.1"], True, True),
        ([GOOD, UNKNOWN], ["NOT AUDITED: 1 of 2 packages could not be looked up (not found)."], False, False),
        ([], ["NOT AUDITED: 2 of 2 packages could not be looked up (no network)."], False, False),
        (
            [FLAWED, UNKNOWN],
            [
                "b 2: PYSEC-1, mended in 2.1",
                "NOT AUDITED: 1 of 2 packages could not be looked up (not found).",
            ],
            False,
            True,
        ),
    ],
)
def test_what_is_said(found: list[dict[str, Any]], lines: list[str], is_whole: bool, is_flawed: bool) -> None:
    assert verdict(["x==1", "y==2"], found, "no network") == (lines, is_whole, is_flawed)
