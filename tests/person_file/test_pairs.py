from __future__ import annotations

import pyarrow as pa
import pytest

from customer_360.person_file.pairs import pairs_schema, pairs_table

KEYS = {"left_source": "crm", "left_key": "1", "right_source": "erp", "right_key": "2", "same_cluster": True}
SCORED = KEYS | {
    "method": "match_weight",
    "match_weight": 12.5,
    "probability": 0.9998,
    "evidence": [
        {"comparison": "phone", "level": "equal", "weight": 13.0},
        {"comparison": "name in the mailbox", "level": "different", "weight": -2.5},
    ],
}
BY_RULE = KEYS | {"method": "same_passport", "match_weight": None, "probability": 1.0, "evidence": []}
COMPARISONS = ("phone", "email", "name in the mailbox")


def test_what_each_comparison_adds_has_its_column_and_adds_up() -> None:
    [batch] = pairs_table([pa.RecordBatch.from_pylist([SCORED, BY_RULE])], COMPARISONS)
    assert batch.schema == pairs_schema(COMPARISONS)
    scored, by_rule = batch.to_pylist()
    bits = [
        scored[name] for name in ("before_comparing", "bits_phone", "bits_email", "bits_name_in_the_mailbox")
    ]
    assert bits == [2.0, 13.0, None, -2.5]
    assert sum(number for number in bits if number is not None) == pytest.approx(scored["match_weight"])
    assert scored["evidence"].startswith("phone equal +13.0, name in the mailbox different -2.5: 99.98 %")
    assert {by_rule[name] for name in ("match_weight", "before_comparing", "bits_phone")} == {None}
    assert by_rule["evidence"] == "rule same_passport: 100 %"
