from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from customer_360.parameters.cleaning import Rule
from customer_360.quality import RuleError, check_rules

COLUMNS = (
    "source_key STRING, age INT, name STRING, raw STRUCT<age: STRING>, payload STRING, "
    "ingested_at TIMESTAMP, run_id STRING"
)


def frame(spark: SparkSession, *people: tuple[str, int | None, str | None]) -> DataFrame:
    rows = [(key, age, name, (str(age),), f"payload {key}", None, "r1") for key, age, name in people]
    return spark.createDataFrame(rows, COLUMNS)


def error(name: str, check: str) -> Rule:
    return Rule(name=name, severity="error", check=check)


def warning(name: str, check: str) -> Rule:
    return Rule(name=name, severity="warning", check=check)


RULES = [
    error("named", "name IS NOT NULL"),
    error("born", "age >= 0"),
    warning("grown_up", "age >= 18"),
    warning("short", "length(name) < 4"),
]


def test_errors_part_the_rows_and_warnings_stay_with_them(spark: SparkSession) -> None:
    people = frame(spark, ("1", 30, "Ann"), ("2", 5, "Bartholomew"), ("3", -1, None), ("4", -1, "Di"))
    valid, quarantined = check_rules(people, RULES, source="crm")
    assert valid.columns == ["source_key", "age", "name", "warnings", "run_id"]
    assert {row.source_key: row.warnings for row in valid.collect()} == {"1": [], "2": ["grown_up", "short"]}
    assert quarantined.columns == ["source", "source_key", "reasons", "payload", "run_id", "ingested_at"]
    found = {row.source_key: (row.source, row.reasons, row.payload) for row in quarantined.collect()}
    assert found == {"3": ("crm", ["named", "born"], "payload 3"), "4": ("crm", ["born"], "payload 4")}


def test_a_check_that_gives_null_counts_as_failed(spark: SparkSession) -> None:
    valid, quarantined = check_rules(frame(spark, ("1", None, "Ann")), RULES, source="crm")
    assert (valid.count(), [row.reasons for row in quarantined.collect()]) == (0, [["born"]])


def test_a_rule_may_ask_for_the_text_as_it_came(spark: SparkSession) -> None:
    people = frame(spark, ("1", 30, "Ann"), ("2", 31, "Ann"))
    valid, _ = check_rules(people, [error("thirty", "raw.age = '30'")], source="crm")
    assert [row.source_key for row in valid.collect()] == ["1"]


def test_without_rules_every_row_is_valid(spark: SparkSession) -> None:
    valid, quarantined = check_rules(frame(spark, ("1", None, None)), [], source="crm")
    assert [row.warnings for row in valid.collect()] == [[]]
    assert quarantined.count() == 0


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("nmae IS NULL", r"cleaning\.sources\.crm: rule 'bad' has a check that Spark does not accept"),
        ("name IS NOT A", r"rule 'bad' has a check that Spark does not accept"),
        ("age + 1", r"the check of rule 'bad' gives int, not a boolean"),
    ],
)
def test_a_check_that_is_no_condition_names_its_rule(spark: SparkSession, check: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        check_rules(frame(spark), [RULES[0], error("bad", check)], source="crm")


PEOPLE = st.lists(
    st.tuples(st.none() | st.integers(-2, 40), st.none() | st.sampled_from(["Ann", "Bartholomew", ""])),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, rules=st.lists(st.sampled_from(RULES), unique_by=lambda rule: rule.name))
def test_every_row_is_in_exactly_one_of_the_two(
    spark: SparkSession, people: list[Any], rules: list[Rule]
) -> None:
    rows = [(str(position), *person) for position, person in enumerate(people)]
    valid, quarantined = check_rules(frame(spark, *rows), rules, source="crm")
    keys = [row.source_key for half in (valid, quarantined) for row in half.select("source_key").collect()]
    assert sorted(keys) == sorted(key for key, *_ in rows)
