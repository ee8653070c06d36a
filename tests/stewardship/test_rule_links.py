from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.identity.prepare import normalise
from customer_360.parameters.enrichment import LinkingRule
from customer_360.stewardship.rule_links import comparable_text, rule_link

VALUES = (
    "", "  ", " 12 ", "012", "C-0012", "12.0", "12.5", "1e3", "000", "1 200", "12#3c4d", " Ann@X.org ",
    "no@mail", "A  B\tc",
)  # fmt: skip


def test_values_have_the_form_that_rules_compare(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(value,) for value in VALUES], "value STRING")
    for how in ("exact", "number", "email", "text"):
        columns = frame.select(
            "value", normalise.comparable_value(F.col("value"), how).alias("form")
        ).collect()
        assert [comparable_text(row.value, how) for row in columns] == [row.form for row in columns], how  # type: ignore[arg-type]


RULE = LinkingRule(
    name="by_mail", source="posts", column="mail", target="crm", target_column="email", normalise="email"
)
POST = {"source_key": "5", "mail": "ANN@x.org"}


@pytest.mark.parametrize(
    ("rule", "record", "targets", "told"),
    [
        (RULE, POST, [{"source_key": "1", "email": "bo@x.org"}, {"source_key": "2", "email": "ann@x.org"}],
         "mail of posts = email of crm = a••••••••"),
        (RULE, POST, [{"source_key": "1", "email": None}], None),
        (RULE, POST | {"mail": None}, [{"source_key": "1", "email": None}], None),
        (RULE.model_copy(update={"column": "user", "target_column": "source_key", "normalise": "exact"}),
         {"source_key": "5", "user": "7"}, [{"source_key": "7#0123abcd", "key_kind": "repeated"}],
         "user of posts = source_key of crm = 7"),
        (RULE.model_copy(update={"column": "user", "target_column": "source_key", "normalise": "exact"}),
         {"source_key": "5", "user": "#12"}, [{"source_key": "#12", "key_kind": "made_up"}], None),
    ],
)  # fmt: skip
def test_what_a_rule_found(rule: LinkingRule, record: Any, targets: Any, told: str | None) -> None:
    found = rule_link(rule, record, targets, show_values=False)
    assert (found and found["told"]) == told


def test_the_value_as_it_is() -> None:
    found = rule_link(RULE, POST, [{"source_key": "2", "email": "ann@x.org"}], show_values=True)
    assert found and found["told"].endswith("= ann@x.org")
    assert (found["left_source"], found["left_key"], found["right_key"]) == ("crm", "2", "5")
