"""Silver frames in the shapes of the four sources, from rows that say only what a test is about."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from support.configuration import PARAMETERS

from customer_360.parameters.enrichment import LinkingParameters, MetricsParameters, ProfileParameters
from customer_360.parameters.identity import IdentityModel
from customer_360.schemas import CUSTOMER_CROSSWALK, UNLINKED_RECORDS

SCHEMAS = {
    "crm": (
        "source_key STRING, key_kind STRING, given_name STRING, family_name STRING, maiden_name STRING, "
        "full_name STRING, email STRING, email_valid BOOLEAN, phone STRING, phone_valid BOOLEAN, birth_date DATE, "
        "gender STRING, "
        "street STRING, city STRING, region STRING, postal_code STRING, country_code STRING, "
        "latitude DOUBLE, longitude DOUBLE, company_name STRING, department STRING, job_title STRING"
    ),
    "erp": (
        "source_key STRING, customer_number STRING, full_name STRING, given_name STRING, family_name STRING, "
        "street STRING, city STRING, postal_code STRING, latitude DOUBLE, longitude DOUBLE, tax_id STRING"
    ),
    "marketing": (
        "source_key STRING, user_key STRING, title STRING, tags ARRAY<STRING>, like_count BIGINT, "
        "dislike_count BIGINT, view_count BIGINT, published_date DATE"
    ),
    "support": (
        "source_key STRING, email STRING, email_valid BOOLEAN, category STRING, status STRING, "
        "priority STRING, created_date DATE"
    ),
    "loyalty": "source_key STRING, member_email STRING, loyalty_tier STRING, points BIGINT, town STRING",
}
CROSSWALK = CUSTOMER_CROSSWALK.ddl
UNLINKED = UNLINKED_RECORDS.ddl

Row = Mapping[str, Any]


def frame(spark: SparkSession, schema: str, rows: Sequence[Row]) -> DataFrame:
    """A frame of dictionaries; what a row does not say is null."""
    names = [column.split()[0] for column in schema.split(", ")]
    for row in rows:
        assert set(row) <= set(names), f"not in the schema: {set(row) - set(names)}"
    return spark.createDataFrame([tuple(row.get(name) for name in names) for row in rows], schema)


def silver(spark: SparkSession, **rows: Sequence[Row]) -> dict[str, DataFrame]:
    """Silver frames by source name: the four of the project, empty unless given, and others if given."""
    names = [
        "crm",
        "erp",
        "marketing",
        "support",
        *[name for name in rows if name not in SCHEMAS or name == "loyalty"],
    ]
    return {name: frame(spark, SCHEMAS[name], rows.get(name, [])) for name in names}


def crosswalk(spark: SparkSession, *links: tuple[str, str, str] | tuple[str, str, str, float]) -> DataFrame:
    """Links as (customer_id, source, source_key[, confidence])."""
    return spark.createDataFrame(
        [(link[0], link[1], link[2], "rule", link[3] if len(link) > 3 else 1.0) for link in links], CROSSWALK
    )


def dictionaries(frame: DataFrame, *, by: str) -> dict[str, dict[str, Any]]:
    """Rows by the value of a column that is unique."""
    rows = [row.asDict() for row in frame.collect()]
    found = {row[by]: row for row in rows}
    assert len(found) == len(rows), f"{by} is not unique"
    return found


def configured() -> dict[str, Any]:
    """The parameters as they are shipped, with what the sources' files declare, as plain values."""
    return copy.deepcopy({name: PARAMETERS[name] for name in ("linking", "review", "profile", "metrics")})


def linking() -> LinkingParameters:
    return LinkingParameters.model_validate(configured()["linking"])


def exact_linking() -> LinkingParameters:
    """Rules for every source and no resolution of persons."""
    rules = [
        {"name": "erp_customer_number", "source": "erp", "column": "customer_number", "target": "crm",
         "target_column": "source_key", "normalise": "number"},
        {"name": "ticket_email", "source": "support", "column": "email", "only_if": "email_valid", "target": "crm",
         "target_column": "email", "target_only_if": "email_valid", "normalise": "email"},
    ]  # fmt: skip
    shipped = configured()["linking"]
    return LinkingParameters.model_validate({**shipped, "persons": {}, "rules": [*rules, *shipped["rules"]]})


def identity() -> IdentityModel:
    return IdentityModel.model_validate(copy.deepcopy(PARAMETERS["identity"]))


def profile() -> ProfileParameters:
    return ProfileParameters.model_validate(configured()["profile"])


def metrics() -> MetricsParameters:
    return MetricsParameters.model_validate(configured()["metrics"])
