from __future__ import annotations

import pytest
from enrichment_frames import linking, silver
from pyspark.sql import SparkSession

from customer_360.linking.idle_rules import tell_idle_rules
from customer_360.parameters.enrichment import LinkingParameters

IDS = [f"003a{letter}0B{other}" for letter in "abcd" for other in "xyz"]
Line = tuple[str, str, str | None, int]


def told(spark: SparkSession, how: str, authors: list[str], lines: list[Line]) -> list[Line]:
    plan = linking().model_dump(exclude_none=True)
    plan["rules"] = [{**plan["rules"][0], "normalise": how}]
    frames = silver(
        spark,
        crm=[{"source_key": key} for key in IDS],
        marketing=[{"source_key": str(n), "user_key": key} for n, key in enumerate(authors)],
    )
    return tell_idle_rules(frames, LinkingParameters.model_validate(plan), lines)


def test_a_normaliser_that_can_compare_no_value_is_told(
    spark: SparkSession, caplog: pytest.LogCaptureFixture
) -> None:
    found = told(spark, "number", IDS, [("marketing", "unlinked", "unreadable_key", 12)])
    assert found == [("marketing", "warning", "rule_post_author_compares_nothing", 12)]
    assert (
        "'post_author' (normalise: number) can compare 0 of the 12 values of marketing.user_key"
        in caplog.text
    )
    assert IDS[0] not in caplog.text


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("marketing", "linked_by", "post_author", 12)], []),
        ([("marketing", "unlinked", "no_key", 12)], []),
        ([("marketing", "unlinked", "no_match", 12)], [("marketing", "warning", "no_rule_matches", 12)]),
        ([("marketing", "unlinked", "no_match", 3)], []),  # few
    ],
)
def test_rules_that_match_nothing_are_told(
    spark: SparkSession, lines: list[Line], expected: list[Line]
) -> None:
    assert told(spark, "exact", IDS, lines) == expected
