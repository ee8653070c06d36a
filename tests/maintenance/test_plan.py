from __future__ import annotations

import pytest

from customer_360.maintenance.plan import planned_rearrangement
from customer_360.parameters import MaintenanceParameters

MB = 1024 * 1024
HISTORY, LOG = "gold/customer_profile_history", "bronze/crm_users"


@pytest.mark.parametrize(
    ("name", "sizes", "expected"),
    [
        (HISTORY, [], None),
        (HISTORY, [10] * 3, None),
        (HISTORY, [10] * 4, ("customer_id", 32)),
        (HISTORY, [32 * MB] * 50, None),
        (HISTORY, [9 * MB] * 50, None),  # not small
        (HISTORY, [32 * MB] * 50 + [7 * MB], None),
        (HISTORY, [32 * MB] * 50 + [MB] * 4, ("", 32)),  # to sort 1.6 GB for 4 MB does not pay
        (HISTORY, [32 * MB] * 2 + [7 * MB] * 4, ("customer_id", 32)),
        (LOG, [10] * 3, None),
        (LOG, [10] * 4, ("", 128)),
        (LOG, [33 * MB] * 9, None),
        ("gold/identity_events", [10] * 4, ("", 128)),
        ("gold/run_report_history", [10] * 4, ("", 128)),
        ("silver/crm_users", [10] * 4, ("source_key", 32)),
        ("gold/customer_crosswalk", [10] * 4, ("source_key", 32)),
        ("gold/identity_review", [10] * 4, ("left_key", 32)),
        ("gold/of_somebody", [10] * 4, ("", 32)),
    ],
)
def test_what_pays(name: str, sizes: list[int], expected: tuple[str, int] | None) -> None:
    found = planned_rearrangement(name, sizes, MaintenanceParameters())
    assert (found and (found.sort_by, found.target_bytes // MB)) == expected
