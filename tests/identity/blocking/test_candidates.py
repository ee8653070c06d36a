"""Which pairs are compared, against plain counting."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from tempfile import TemporaryDirectory

import pytest
from enrichment_frames import identity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from customer_360.engine.scratch import Scratch
from customer_360.identity.blocking import candidates as block
from customer_360.identity.blocking.candidates import (
    RuleCost,
    candidate_pairs,
    choose_keys,
)
from customer_360.identity.compare.layout import Layout
from customer_360.parameters.identity import BlockingParameters

LAYOUT = Layout.of(
    identity(), frozenset({"given_name", "family_name", "city", "mailbox", "mailbox_names", "source"})
)
BLOCKING = BlockingParameters.model_validate(
    {
        "pairs_per_record": 1000,
        "min_pairs": 1000,
        "all_pairs_up_to": 0,
        "max_block_size": 4,
        "rules": [
            {"name": "city", "keys": "city"},
            {"name": "mailbox", "space": "mailboxes", "keys": "mailbox"},
            {"name": "names", "space": "mailboxes", "keys": "mailbox_names"},
        ],
    }
)
Record = tuple[str | None, str | None, str | None]


def frame(spark: SparkSession, records: list[Record]) -> DataFrame:
    rows = [(rid, *record) for rid, record in enumerate(records)]
    return spark.createDataFrame(rows, "rid BIGINT, city STRING, mailbox STRING, mailbox_names STRING")


def by_hand(records: list[Record]) -> dict[tuple[int, int], int]:
    """Every pair that shares a key, with a bit for each comparison that some key of it does not rely on."""
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rid, (city, mailbox, names) in enumerate(records):
        for space, value in (("city", city), ("mailboxes", mailbox), ("mailboxes", names)):
            if value is not None:
                blocks[space, value].append(rid)
    relied = {
        "city": LAYOUT.read_by("city"),
        "mailboxes": LAYOUT.read_by("mailbox") | LAYOUT.read_by("mailbox_names"),
    }
    found: Counter[tuple[int, int]] = Counter()
    for (space, _), members in blocks.items():
        if len(members) <= BLOCKING.max_block_size:
            for left, right in combinations(sorted(set(members)), 2):
                found[left, right] |= LAYOUT.all_comparisons & ~relied[space]
    return dict(found)


VALUES = st.sampled_from([None, *"abcdef"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=14))
def test_pairs_are_those_that_share_a_key(spark: SparkSession, records: list[Record]) -> None:
    chosen = [RuleCost(rule.name, rule.keys[0], 0, 0, 0) for rule in BLOCKING.rules]
    with TemporaryDirectory() as folder:
        pairs = candidate_pairs(
            frame(spark, records),
            BLOCKING,
            chosen,
            layout=LAYOUT,
            records=len(records),
            scratch=Scratch(folder),
        ).collect()
    assert {(row["l"], row["r"]): row["training_mask"] for row in pairs} == by_hand(records)


@pytest.mark.parametrize(
    ("sampled", "tolerance"), [(100_000, 0.0), (1_000, 0.25)], ids=["counted", "sampled"]
)
def test_the_cost_of_a_rule(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch, sampled: int, tolerance: float
) -> None:
    """6,000 records in pairs by mailbox and in 60 blocks of 100 by city."""
    monkeypatch.setattr(block, "_SAMPLED_RECORDS", sampled)
    records = [(f"city {n % 60}", f"mailbox {n // 2}", None) for n in range(6000)]
    blocking = BLOCKING.model_copy(update={"max_block_size": 150})
    # ids are hashes in real life: a share of them is a random share
    hashed = frame(spark, records).selectExpr("xxhash64(rid) AS rid", "city", "mailbox", "mailbox_names")
    costs = {cost.rule: cost for cost in choose_keys(hashed, blocking, len(records), LAYOUT)}
    assert costs["mailbox"].pairs == pytest.approx(3000, rel=tolerance)
    assert costs["city"].pairs == pytest.approx(60 * 100 * 99 / 2, rel=tolerance)


RULES = {"email": "email", "city": "city", "the same twice": "city || city"}


def test_a_file_in_which_everybody_has_a_dozen_records_keeps_its_identifier(spark: SparkSession) -> None:
    """All rules find more pairs than the budget, and the identifier the most, since it misses nobody."""
    rows = [
        (12 * person + n, f"p{person}@x.io", f"{person if n < 10 else 'typo'}")
        for person in range(200)
        for n in range(12)
    ]
    records = spark.createDataFrame(rows, "rid BIGINT, email STRING, city STRING")
    blocking = BlockingParameters.model_validate(
        {
            "pairs_per_record": 1,
            "min_pairs": 1,
            "rules": [{"name": name, "keys": key} for name, key in RULES.items()],
        }
    )
    costs = {cost.rule: cost for cost in choose_keys(records, blocking, len(rows), LAYOUT)}
    assert costs["email"].pairs == 200 * 66 and costs["city"].pairs == 200 * 45
    assert {name: cost.key for name, cost in costs.items()} == RULES | {"the same twice": None}
