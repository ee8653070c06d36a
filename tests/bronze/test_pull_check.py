"""What a complete pull cannot be: much shorter than the last, cut off, or with a key twice."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from pyspark.sql import SparkSession
from support.bronze_log import Log, changes_of, first_pull, source

from customer_360.bronze.pull_check import RepeatedKeyError, SourceShrankError, check_pull


@pytest.mark.parametrize(("lost", "stops"), [(0, False), (2, False), (3, True), (10, True)], ids=str)
def test_a_pull_that_lost_too_much_stops(spark: SparkSession, lost: int, stops: bool) -> None:
    log = Log(spark)
    log.pull([{"id": number} for number in range(10)])
    changes = changes_of(source(spark, [{"id": number} for number in range(lost, 10)]), log.frame)

    def check() -> None:
        if changes is not None:
            check_pull(changes, log.known, table="crm_users", unique_keys=True, max_deleted_share=0.2)

    if stops:
        with pytest.raises(SourceShrankError, match=rf"crm_users: {lost} of 10 .* 20%"):
            check()
    else:
        check()


NUMBERS = [str(number) for number in range(1, 121)]
TEXTS = sorted(f"{letter}{number}" for letter in "ABC" for number in range(40))


@pytest.mark.parametrize(
    ("known", "pulled", "stops"),
    [
        (NUMBERS, NUMBERS[:102], True),  # cut at 85 %
        (NUMBERS, [*NUMBERS[:102], None, None], True),
        (TEXTS, TEXTS[:102], True),
        (NUMBERS, NUMBERS[:117], False),  # a few may go
        (NUMBERS, NUMBERS[18:], False),
        (NUMBERS, [*NUMBERS[:102], "121"], False),  # something came at the end: it is there
        (NUMBERS, NUMBERS[:50] + NUMBERS[60:], False),
        (NUMBERS, NUMBERS, False),
        (NUMBERS[:4], NUMBERS[:2], False),
    ],
)
def test_a_pull_that_lacks_just_the_end_looks_cut_off(
    spark: SparkSession, known: list[str], pulled: list[str | None], stops: bool
) -> None:
    log = Log(spark)
    log.pull([{"id": key} for key in known])
    changes = changes_of(source(spark, [{"id": key} for key in pulled]), log.frame)
    if changes is None:
        assert known == pulled
        return
    with pytest.raises(SourceShrankError, match="cut off at its end") if stops else nullcontext():
        check_pull(changes, log.known, table="erp", unique_keys=False, max_deleted_share=0.6)
    check_pull(changes, log.known, table="erp", unique_keys=False, max_deleted_share=1)


def test_a_source_with_unique_keys_may_not_repeat_one(spark: SparkSession) -> None:
    keyed = first_pull(spark, [{"id": 1, "v": 1}, {"id": 1, "v": 2}, {"id": None}])
    empty = Log(spark).known
    check_pull(keyed, empty, table="erp", unique_keys=False, max_deleted_share=0)
    with pytest.raises(RepeatedKeyError, match="1 record repeats"):
        check_pull(keyed, empty, table="crm", unique_keys=True, max_deleted_share=0)
