from __future__ import annotations

import random
from typing import Any

import pytest
from enrichment_frames import SCHEMAS, dictionaries, exact_linking, frame, silver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from customer_360.linking.links import LinkingConfigurationError, Links, customers_of_records
from customer_360.parameters.enrichment import LinkingParameters

CRM = [
    {"source_key": "1", "email": "ann@x.io", "email_valid": True},
    {"source_key": "2", "email": "shared@x.io", "email_valid": True},
    {"source_key": "3", "email": "SHARED@x.io", "email_valid": True},
    {"source_key": "4", "email": "not valid@x.io", "email_valid": False},
    {"source_key": "12"},
    {"source_key": "12#deadbeef", "key_kind": "repeated"},
    {"source_key": "#99aa", "key_kind": "made_up"},
    {"source_key": "#5000", "key_kind": "given"},
    {"source_key": "DE-1001", "key_kind": "given"},
    {"source_key": "AT-1001", "key_kind": "given"},
    {"source_key": "a0B", "key_kind": "given"},
]
CRM = [{"key_kind": "given", **row} for row in CRM]

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("erp", {"customer_number": "1"}, "crm 1"),
    ("erp", {"customer_number": "C-0001"}, "crm 1"),
    ("erp", {"customer_number": None}, "own"),
    ("erp", {"customer_number": "77"}, "own"),
    ("marketing", {"user_key": "3"}, "crm 3"),
    ("marketing", {"user_key": "12"}, "ambiguous"),  # two CRM users of one id: neither is guessed at
    ("marketing", {"user_key": "#99aa"}, "no_match"),
    ("marketing", {"user_key": "12#deadbeef"}, "no_match"),
    ("marketing", {"user_key": "#5000"}, "crm #5000"),
    ("marketing", {"user_key": " AT-1001 "}, "crm AT-1001"),
    ("marketing", {"user_key": "1001"}, "no_match"),
    ("marketing", {"user_key": "001"}, "no_match"),
    ("marketing", {"user_key": "a0b"}, "no_match"),
    ("marketing", {"user_key": "a0B"}, "crm a0B"),
    ("erp", {"customer_number": "no number"}, "own"),
    ("marketing", {"user_key": "99"}, "no_match"),
    ("marketing", {"user_key": " "}, "no_key"),
    ("support", {"email": " Ann@X.io", "email_valid": True}, "crm 1"),
    ("support", {"email": "ann@x.io", "email_valid": False}, "no_key"),
    ("support", {"email": "ann@x.io", "email_valid": None}, "no_key"),
    ("support", {"email": "shared@x.io", "email_valid": True}, "ambiguous"),
    ("support", {"email": "nobody@x.io", "email_valid": True}, "no_match"),
    ("support", {"email": None, "email_valid": None}, "no_key"),
]


def outcomes(links: Links) -> dict[tuple[str, str], str]:
    """What became of each record: the record that makes its customer, or the reason why it has none."""
    rows = links.crosswalk.collect()
    makers = {row["customer_id"]: row for row in rows if row["method"] == "anchor"}
    found = {}
    for row in rows:
        maker = makers[row["customer_id"]]
        of = "own" if maker is row else f"{maker['source']} {maker['source_key']}"
        assert (row["source"], row["source_key"]) not in found
        found[row["source"], row["source_key"]] = of
    for row in links.unlinked.collect():
        assert (row["source"], row["source_key"]) not in found
        found[row["source"], row["source_key"]] = row["reason"]
    return found


def test_rules_as_they_are_shipped(spark: SparkSession) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"crm": CRM, "erp": [], "marketing": [], "support": []}
    expected = {("crm", str(row["source_key"])): "own" for row in CRM}
    for number, (source, values, outcome) in enumerate(CASES):
        rows[source].append({"source_key": f"r{number}", **values})
        expected[source, f"r{number}"] = outcome
    links = customers_of_records(silver(spark, **rows), exact_linking())
    assert outcomes(links) == expected
    methods = {(row["source"], row["method"]): row["confidence"] for row in links.crosswalk.collect()}
    assert methods == {
        ("crm", "anchor"): 1.0,
        ("erp", "anchor"): 1.0,
        ("erp", "erp_customer_number"): 1.0,
        ("marketing", "post_author"): 1.0,
        ("support", "ticket_email"): 1.0,
    }


def rule(name: str, source: str, column: str, *to: str, **more: Any) -> dict[str, Any]:
    target, target_column, how = to
    given = {"name": name, "source": source, "column": column, "target": target}
    return {**given, "target_column": target_column, "normalise": how, **more}


TWO_RULES = LinkingParameters.model_validate(
    {
        "anchor": "crm",
        "rules": [
            rule("by_email", "support", "email", "crm", "email", "email", confidence=0.9),
            rule("by_category", "support", "category", "crm", "full_name", "text", confidence=0.5),
        ],
        "unlinked": {"support": "own_customer"},
    }
)


@pytest.mark.parametrize(
    ("email", "category", "customer", "method", "confidence"),
    [
        ("ann@x.io", "Bob Roe", "1", "by_email", 0.9),
        ("shared@x.io", "bob  roe", "2", "by_category", 0.5),
        (None, "Bob Roe", "2", "by_category", 0.5),
        ("shared@x.io", "nobody", None, "anchor", 1.0),
    ],
)
def test_the_first_rule_that_finds_exactly_one_customer_wins(
    spark: SparkSession,
    *,
    email: str | None,
    category: str,
    customer: str | None,
    method: str,
    confidence: float,
) -> None:
    crm = [
        {"source_key": "1", "email": "ann@x.io", "full_name": "Ann Poe"},
        {"source_key": "2", "email": "shared@x.io", "full_name": "Bob Roe"},
        {"source_key": "3", "email": "shared@x.io"},
    ]
    sources = silver(spark, crm=crm, support=[{"source_key": "t", "email": email, "category": category}])
    links = customers_of_records({name: sources[name] for name in ("crm", "support")}, TWO_RULES)
    row = next(row for row in links.crosswalk.collect() if row["source"] == "support")
    assert (row["method"], row["confidence"]) == (method, confidence)
    assert outcomes(links)["support", "t"] == ("own" if customer is None else f"crm {customer}")


def test_a_rule_may_lead_to_a_source_that_is_linked_itself(spark: SparkSession) -> None:
    """A fifth source that knows the ERP's number only, also of a customer whom only the ERP knows."""
    parameters = LinkingParameters.model_validate(
        {
            "anchor": "crm",
            "rules": [
                rule("card", "loyalty", "source_key", "erp", "source_key", "text"),
                rule("number", "erp", "customer_number", "crm", "source_key", "number"),
            ],
            "unlinked": {"erp": "own_customer", "marketing": "stay_unlinked", "support": "own_customer"},
        }
    )
    sources = silver(
        spark,
        crm=[{"source_key": "1"}],
        erp=[{"source_key": "e1", "customer_number": "1"}, {"source_key": "e2"}],
        loyalty=[{"source_key": "E1"}, {"source_key": "E2"}, {"source_key": "E3"}],
        marketing=[{"source_key": "p"}],
        support=[{"source_key": "t"}],
    )
    assert outcomes(customers_of_records(sources, parameters)) == {
        ("crm", "1"): "own",
        ("erp", "e1"): "crm 1",
        ("erp", "e2"): "own",
        ("loyalty", "E1"): "crm 1",
        ("loyalty", "E2"): "erp e2",
        ("loyalty", "E3"): "no_match",
        ("marketing", "p"): "no_key",
        ("support", "t"): "own",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"anchor": "crn", "rules": []}, "there is no source 'crn'"),
        (
            {"unlinked": {"erp": "own_customer", "web": "stay_unlinked"}},
            "linking.unlinked: there is no source 'web'",
        ),
        ({"rules": [], "unlinked": {"erp": "own_customer"}}, "marketing, support"),
        ({"rules": [rule("r", "erp", "number", "crm", "source_key", "text")]}, "'erp' has no column number"),
        ({"rules": [rule("r", "erp", "full_name", "crm", "name", "text")]}, "'crm' has no column name"),
    ],
)
def test_configuration_that_does_not_fit_the_sources(
    spark: SparkSession, change: dict[str, Any], message: str
) -> None:
    plain = exact_linking().model_dump(exclude_none=True)
    unlinked = {"marketing": "stay_unlinked", "support": "stay_unlinked"}
    if change.get("rules"):
        change = {"unlinked": unlinked, **change}
    with pytest.raises(LinkingConfigurationError, match=message):
        customers_of_records(silver(spark), LinkingParameters.model_validate({**plain, **change}))


numbers = st.sampled_from([None, "", "1", "01", "2", "3", "C-3", "#1", "2#aa"])
emails = st.sampled_from([None, "", "a@x.io", "A@x.io ", "b@x.io", "c@x.io", "bad"])
flags = st.sampled_from([None, True, False])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    crm=st.lists(st.tuples(emails, flags), max_size=5),
    erp=st.lists(numbers, max_size=5),
    posts=st.lists(numbers, max_size=5),
    tickets=st.lists(st.tuples(emails, flags), max_size=5),
    seed=st.integers(0, 9),
)
def test_each_record_is_accounted_for_once_in_any_order(
    spark: SparkSession, *, crm: list[Any], erp: list[Any], posts: list[Any], tickets: list[Any], seed: int
) -> None:
    keys = ["1", "2", "3", "3#aa", "#bb"]
    rows: dict[str, list[dict[str, Any]]] = {
        "crm": [
            {"source_key": k, "email": e, "email_valid": v} for k, (e, v) in zip(keys, crm, strict=False)
        ],
        "erp": [{"source_key": str(i), "customer_number": value} for i, value in enumerate(erp)],
        "marketing": [{"source_key": str(i), "user_key": value} for i, value in enumerate(posts)],
        "support": [{"source_key": str(i), "email": e, "email_valid": v} for i, (e, v) in enumerate(tickets)],
    }
    found = outcomes(
        customers_of_records(silver(spark, **rows), exact_linking())
    )  # asserts that no record is there twice
    assert set(found) == {(source, row["source_key"]) for source, of in rows.items() for row in of}
    shuffled = {source: random.Random(seed).sample(of, len(of)) for source, of in rows.items()}
    assert outcomes(customers_of_records(silver(spark, **shuffled), exact_linking())) == found


def test_ids_do_not_change_when_other_records_come(spark: SparkSession) -> None:
    def ids(*keys: str) -> DataFrame:
        sources = silver(spark, crm=[{"source_key": key} for key in keys])
        return customers_of_records(sources, exact_linking()).crosswalk

    before, after = (
        dictionaries(ids("1", "2"), by="source_key"),
        dictionaries(ids("0", "2", "1"), by="source_key"),
    )
    assert {key: after[key]["customer_id"] for key in before} == {
        k: v["customer_id"] for k, v in before.items()
    }
    assert frame(spark, SCHEMAS["crm"], []).count() == 0  # an empty source is a source, too
