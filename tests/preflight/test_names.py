"""Names in the configuration that stand for nothing: told before a run begins, with the name that was meant."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from support.configuration import PARAMETERS

from customer_360 import schemas
from customer_360.engine.portable import schema_of
from customer_360.foundation import did_you_mean
from customer_360.identity.model_check import IdentityModelError, check_model
from customer_360.linking.links import LinkingConfigurationError, check_linking
from customer_360.parameters.names import UnknownNameError
from customer_360.preflight.names import Configuration, check_columns, check_names
from customer_360.preflight.provided import CHECKED, check_key_fields, empty_silver
from customer_360.profile.records import ProfileConfigurationError
from customer_360.sources import SOURCES

Parameters = dict[str, Any]
BRONZE = schemas.BRONZE.ddl


@pytest.fixture(scope="module")
def written() -> Parameters:
    """The project's own configuration."""
    return PARAMETERS


@pytest.fixture(scope="module")
def silver(spark: SparkSession, written: Parameters) -> dict[str, DataFrame]:
    return empty_silver(spark, read(written), bronze=schema_of(BRONZE))


def read(parameters: Parameters) -> Configuration:
    return Configuration(**{name: model.model_validate(parameters[name]) for name, model in CHECKED.items()})


def changed(written: Parameters, path: str, value: Any) -> Configuration:
    """The configuration with one setting changed, removed (None), or its key renamed (``>new``)."""
    parameters = copy.deepcopy(written)
    *way, last = path.split("/")
    place: Any = parameters
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if isinstance(value, str) and value.startswith(">"):
        place[value[1:]] = place.pop(last)
    elif value is None:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return read(parameters)


def test_the_configuration_as_it_is_passes(
    spark: SparkSession, written: Parameters, silver: dict[str, DataFrame]
) -> None:
    given = read(written)
    check_names(given, SOURCES)
    check_linking(silver, given.linking)
    check_columns(given, silver)
    check_model(spark, given.identity)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "ingestion/sources/crm_users",
            ">crm_user",
            "ingestion.sources: there is no table 'crm_user'. Did you mean 'crm_users'?",
        ),
        ("ingestion/sources/crm_users", None, "ingestion.sources: nothing is said about the table crm_users"),
        (
            "cleaning/sources/crm",
            ">crmm",
            "cleaning.sources: there is no source 'crmm'. Did you mean 'crm'? There are: crm, erp",
        ),
        ("cleaning/sources/crm", None, "cleaning.sources: nothing is said about the source crm"),
        (
            "cleaning/settings/vocabularies/ticket_status",
            ">ticket_states",
            "there is no vocabulary 'ticket_status'. Did you mean 'ticket_states'?",
        ),
        (
            "linking/persons/crm/phone",
            ">fone",
            "linking.persons.crm: there is no attribute of the identity model 'fone'. Did you mean 'phone'?",
        ),
        (
            "profile/attributes/gender",
            ["crmm"],
            "profile, gender: there is no source 'crmm'. Did you mean 'crm'?",
        ),
        (
            "profile/groups/name/sources",
            ["crm", "ERP"],
            "profile, given_name: there is no source 'ERP'. Did you mean 'erp'?",
        ),
        ("profile/keys", ["web"], "profile.keys: there is no source 'web'. There are: crm, erp"),
        ("profile/attributes/birth_date", None, "the attributes birth_date are missing"),
        ("profile/attributes/gender", ">gendr", "the attributes gender are missing"),
        (
            "metrics/statuses",
            ["open", "closd"],
            "metrics.statuses: there is no term of ticket_status 'closd'. Did you mean 'closed'?",
        ),
        (
            "metrics/categories",
            ["biling"],
            "metrics.categories: there is no term of ticket_category 'biling'. Did you mean 'billing'?",
        ),
        (
            "metrics/high_priorities",
            ["urgent"],
            "metrics.high_priorities: there is no term of ticket_priority 'urgent'. There are",
        ),
        (
            "identity/clustering/one_per_person",
            ["cmr"],
            "identity.clustering.one_per_person: there is no source 'cmr'. Did you mean 'crm'?",
        ),
        (
            "identity/placeholders/street",
            ">streets",
            "identity.placeholders: there is no attribute 'streets'. Did you mean 'street'?",
        ),
    ],
)
def test_names_without_meaning(written: Parameters, path: str, value: Any, message: str) -> None:
    with pytest.raises(UnknownNameError) as error:
        check_names(changed(written, path, value), SOURCES)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def columns(given: Configuration, silver: dict[str, DataFrame]) -> None:
    check_linking(silver, given.linking)
    check_columns(given, silver)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            "linking/persons/crm/phone",
            "phon",
            (
                LinkingConfigurationError,
                "linking.persons.crm: the source has no column phon. Did you mean 'phone'?",
            ),
        ),
        (
            "linking/persons/shop",
            {"email": "email"},
            (LinkingConfigurationError, "linking.persons: there is no source 'shop'"),
        ),
        ("linking/anchor", "erpp", (None, "anchor")),
        (
            "linking/rules/0/column",
            "user_kee",
            (LinkingConfigurationError, "'marketing' has no column user_kee. Did you mean 'user_key'?"),
        ),
        ("linking/rules/0/target", "crn", (None, "cannot be linked to crn. Did you mean 'crm'?")),
        (
            "linking/unlinked/erp",
            ">epr",
            (LinkingConfigurationError, "linking.unlinked: there is no source 'epr'. Did you mean 'erp'?"),
        ),
        (
            "cleaning/sources/crm/shape/required",
            ["given_nam"],
            (
                UnknownNameError,
                "crm.shape.required: there is no column of crm 'given_nam'. Did you mean 'given_name'?",
            ),
        ),
        (
            "profile/attributes/tier",
            ["crm"],
            (ProfileConfigurationError, "no source has the attribute 'tier'"),
        ),
        ("profile/attributes/fone", ["crm"], (ProfileConfigurationError, "Did you mean 'phone'?")),
        (
            "profile/attributes/gender",
            [{"source": "crm", "column": "sex"}],
            (ProfileConfigurationError, "names the column 'sex' of 'crm'"),
        ),
        (
            "profile/attributes/email",
            [{"source": "crm", "only_if": "email_vald"}],
            (ProfileConfigurationError, "Did you mean 'email_valid'?"),
        ),
        (
            "profile/attributes/email",
            [{"source": "crm", "only_if": "phone"}],
            (ProfileConfigurationError, "not boolean"),
        ),
        (
            "profile/attributes/tags",
            [{"source": "marketing", "column": "tags"}],
            (ProfileConfigurationError, "must be a single value"),
        ),
        (
            "profile/groups/address/sources/0",
            {"source": "erp", "columns": {"stret": "street"}},
            (
                UnknownNameError,
                "profile.groups.address: there is no attribute 'stret'. Did you mean 'street'?",
            ),
        ),
    ],
)
def test_columns_that_are_not_there(
    silver: dict[str, DataFrame],
    written: Parameters,
    path: str,
    value: Any,
    expected: tuple[type[Exception] | None, str],
) -> None:
    error, message = expected
    with pytest.raises(error or ValueError) as found:  # None: the parameters themselves contradict each other
        columns(changed(written, path, value), silver)
    assert message in str(found.value)


def _first_comparison(model: Parameters) -> Parameters:
    found: Parameters = model["comparisons"][0]
    return found


@pytest.mark.parametrize(
    ("edit", "error", "message"),
    [
        (
            lambda m: _first_comparison(m).update(about=["famly_name"]),
            UnknownNameError,
            "there is no feature 'famly_name'. Did you mean 'family_name'?",
        ),
        (
            lambda m: _first_comparison(m).update(null="l.fone IS NULL"),
            UnknownNameError,
            "null: there is no feature 'fone'. Did you mean 'phone'?",
        ),
        (
            lambda m: _first_comparison(m).update(null="l.phone IS IS NULL"),
            IdentityModelError,
            "the engine does not accept 'l.phone IS IS NULL'",
        ),
        (
            lambda m: m["term_frequencies"].update(fone="phon"),
            IdentityModelError,
            "identity.term_frequencies.fone: the engine does not accept 'phon'",
        ),
        (
            lambda m: m["blocking"]["rules"][0].update(keys="emial"),
            IdentityModelError,
            "identity.blocking.rules, email, key 1: the engine does not accept 'emial'",
        ),
        (
            lambda m: m.update(rules=[{"name": "x", "action": "link", "when": "l.tax = r.tax"}]),
            UnknownNameError,
            "identity.rules, x: there is no feature 'tax'",
        ),
    ],
)
def test_a_model_that_cannot_be_used(
    spark: SparkSession,
    written: Parameters,
    edit: Callable[[Parameters], object],
    error: type[Exception],
    message: str,
) -> None:
    parameters = copy.deepcopy(written)
    edit(parameters["identity"])
    with pytest.raises(error) as found:
        check_model(spark, read(parameters).identity)
    assert message in str(found.value)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "ingestion/sources/crm_users/key_field",
            "idd",
            "key_field: there is no field or column in the catalog entry source_crm_users 'idd'. Did you mean 'id'?",
        ),
        ("ingestion/sources/erp_customers/key_field", "cust_no", "Did you mean 'cust_number'?"),
        ("ingestion/sources/crm_users/deleted_field", "gone", "deleted_field: there is no field"),
    ],
)
def test_a_key_that_no_record_has(written: Parameters, path: str, value: str, message: str) -> None:
    fields = {"crm_users": ("id", "address.city"), "erp_customers": ("cust_number",), "support_tickets": ()}
    check_key_fields(read(written).ingestion, fields)
    check_key_fields(
        changed(written, "ingestion/sources/crm_users/key_field", "address.city").ingestion, fields
    )
    with pytest.raises(UnknownNameError) as error:
        check_key_fields(changed(written, path, value).ingestion, fields)
    assert message in str(error.value)


def test_the_nearest_name_is_told_whatever_its_case() -> None:
    assert did_you_mean("CRM", ["crm", "erp"]) == " Did you mean 'crm'?"
    assert did_you_mean("xyzzy", ["crm", "erp"]) == ""
