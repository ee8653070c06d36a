from __future__ import annotations

import pytest

from customer_360.privacy.columns import is_personal, mask_of


@pytest.mark.parametrize(
    ("table", "personal", "other"),
    [
        ("gold/customer_360", ["full_name", "email", "tax_id", "latitude", "birth_date", "favourite_colour"],
         ["customer_id", "post_count", "crm_key", "last_ticket_date", "country_code"]),
        ("gold/customer_profile", ["street", "maiden_name"], ["street_source", "erp_key"]),
        ("gold/identity_review", ["attributes"], ["left_key", "evidence", "probability", "left_customer_id"]),
        ("gold/identity_report", [], ["name", "detail", "value"]),
        ("gold/run_report_history", [], ["metric", "records", "seconds"]),
        ("gold/identity_decisions", ["decided_by"], ["decision", "left_key", "status", "problem", "line"]),
        ("silver/crm_users", ["given_name", "phone"], ["source_key", "warnings", "run_id"]),
        ("silver/a_new_source", ["name", "detail", "loyalty_key"], ["source_key"]),
        ("bronze/crm_users", ["payload"], ["payload_hash", "ingested_at", "operation"]),
        ("silver/quarantine", ["payload"], ["reasons", "source"]),
        ("", ["full_name"], ["customer_id"]),
    ],
)  # fmt: skip
def test_all_but_what_is_known_to_hold_none(table: str, personal: list[str], other: list[str]) -> None:
    assert [name for name in personal if not is_personal(table, name)] == []
    assert [name for name in other if is_personal(table, name)] == []


def test_cells() -> None:
    mask = mask_of("gold/customer_360")
    assert (mask("full_name", "Ann Lee"), mask("latitude", 12.5), mask("email", None)) == (
        "A••••••",
        "1•••",
        "",
    )
    assert (mask("is_reachable", True), mask("post_count", 3)) == (True, 3)
