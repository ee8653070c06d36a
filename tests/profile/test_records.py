from __future__ import annotations

from typing import Any

import pytest
from enrichment_frames import crosswalk, dictionaries, frame, silver
from pyspark.sql import SparkSession

from customer_360.parameters.enrichment import ProfileParameters
from customer_360.profile.records import ProfileConfigurationError, profile_records


def test_sources_come_into_one_shape(spark: SparkSession) -> None:
    parameters = ProfileParameters.model_validate(
        {
            "attributes": {
                "email": [
                    {"source": "crm", "only_if": "email_valid"},
                    {"source": "loyalty", "column": "member_email"},
                ],
                "city": ["crm", {"source": "loyalty", "column": "town"}],
                "tax_id": ["crm", "erp"],
            }
        }
    )
    sources = silver(
        spark,
        crm=[
            {"source_key": "1", "email": "a@x.io", "email_valid": True, "city": " "},
            {"source_key": "2", "email": "bad", "email_valid": False, "city": "Bonn"},
            {"source_key": "3", "email": "unlinked@x.io", "email_valid": True},
        ],
        erp=[{"source_key": "e", "tax_id": "T1", "city": "not asked for"}],
        loyalty=[{"source_key": "l", "member_email": "l@x.io", "town": "Rome"}],
    )
    links = crosswalk(
        spark, ("A", "crm", "1"), ("B", "crm", "2"), ("A", "erp", "e"), ("A", "loyalty", "l", 0.5)
    )
    rows = dictionaries(profile_records(sources, links, parameters), by="source_key")
    names = ("customer_id", "source", "confidence", "email", "city", "tax_id")
    assert {key: tuple(row[name] for name in names) for key, row in rows.items()} == {
        "1": ("A", "crm", 1.0, "a@x.io", None, None),
        "2": ("B", "crm", 1.0, None, "Bonn", None),
        "e": ("A", "erp", 1.0, None, None, "T1"),
        "l": ("A", "loyalty", 0.5, "l@x.io", "Rome", None),
    }


def test_the_first_source_gives_the_type(spark: SparkSession) -> None:
    sources = {
        "a": frame(spark, "source_key STRING, points BIGINT", [{"source_key": "1", "points": 5}]),
        "b": frame(
            spark,
            "source_key STRING, points STRING",
            [{"source_key": "2", "points": "7"}, {"source_key": "3", "points": "many"}],
        ),
    }
    links = crosswalk(spark, ("A", "a", "1"), ("B", "b", "2"), ("C", "b", "3"))
    parameters = ProfileParameters.model_validate({"attributes": {"points": ["a", "b"]}})
    rows = dictionaries(profile_records(sources, links, parameters), by="source_key")
    assert {key: row["points"] for key, row in rows.items()} == {"1": 5, "2": 7, "3": None}


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (
            {"tier": ["crm", "erp"]},
            "no source has the attribute 'tier': 'crm' has source_key, key_kind, given_name",
        ),
        (
            {"email": ["crn"]},
            r"'email' comes from 'crn', but there is no such source\. Did you mean 'crm'\? Sources: crm, erp",
        ),
        ({"email": [{"source": "crm", "column": "mail"}]}, "'email' names the column 'mail' of 'crm'"),
        ({"email": [{"source": "crm", "only_if": "valid"}]}, "'email' names the column 'valid' of 'crm'"),
        (
            {"email": [{"source": "crm", "only_if": "phone"}]},
            "only if 'phone' of 'crm', which is string, not boolean",
        ),
        ({"tags": ["marketing"]}, "'tags' is array<string>; an attribute must be a single value"),
    ],
)
def test_configuration_that_does_not_fit_the_sources(
    spark: SparkSession, attributes: dict[str, Any], message: str
) -> None:
    parameters = ProfileParameters.model_validate({"attributes": attributes})
    with pytest.raises(ProfileConfigurationError, match=message):
        profile_records(silver(spark), crosswalk(spark, ("A", "crm", "1")), parameters)
