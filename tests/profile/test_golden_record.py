from __future__ import annotations

import random
from typing import Any

import pytest
from enrichment_frames import configured, crosswalk, dictionaries, profile, silver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from customer_360.parameters.enrichment import ProfileParameters
from customer_360.profile.golden_record import golden_profiles
from customer_360.profile.records import ProfileConfigurationError

ADDRESS = ("street", "city", "region", "postal_code", "country_code", "latitude", "longitude")
CRM = {"street": "1 Main St.", "city": "Bonn", "region": "NRW", "postal_code": "53111", "country_code": "DE"}
ERP = {"street": "9 Side Rd", "city": "Rome", "postal_code": "00100", "latitude": 41.9, "longitude": 12.5}


def one(
    spark: SparkSession,
    *,
    crm: list[dict[str, Any]],
    erp: list[dict[str, Any]],
    parameters: ProfileParameters | None = None,
    **confidence: float,
) -> dict[str, Any]:
    """Profile of one customer with the given records; keys are 1, 2, ... and e1, e2, ... unless given."""
    rows = {
        "crm": [{"source_key": str(number), **row} for number, row in enumerate(crm, 1)],
        "erp": [{"source_key": f"e{number}", **row} for number, row in enumerate(erp, 1)],
    }
    links = [
        ("A", source, row["source_key"], confidence.get(row["source_key"], 1.0))
        for source, of in rows.items()
        for row in of
    ]
    built = golden_profiles(silver(spark, **rows), crosswalk(spark, *links), parameters or profile())
    return dictionaries(built, by="customer_id")["A"]


def address(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ADDRESS if row[name] is not None}


def test_contact_identity_is_the_crms_and_formal_address_the_erps(spark: SparkSession) -> None:
    row = one(
        spark,
        crm=[{**CRM, "given_name": "Ann", "family_name": "Poe", "email": "a@x.io", "email_valid": True}],
        erp=[{**ERP, "given_name": "Anna", "family_name": "Poe-Roe", "tax_id": "T1"}],
    )
    assert (row["given_name"], row["family_name"], row["given_name_source"]) == ("Ann", "Poe", "crm")
    assert address(row) == ERP
    assert {row[f"{name}_source"] for name in ERP} == {"erp"}
    assert (row["region"], row["region_source"]) == (None, None)
    assert (row["tax_id"], row["tax_id_source"], row["email_source"]) == ("T1", "erp", "crm")
    assert (row["source_count"], row["record_count"], row["crm_key"], row["erp_key"]) == (2, 2, "1", "e1")


def test_a_customer_of_erp_rows_only(spark: SparkSession) -> None:
    row = one(spark, crm=[], erp=[{**ERP, "full_name": "Ann Poe", "given_name": "Ann", "family_name": "Poe"}])
    assert (row["full_name"], row["full_name_source"], row["crm_key"], row["erp_key"]) == (
        "Ann Poe",
        "erp",
        None,
        "e1",
    )
    assert address(row) == ERP
    assert (row["email"], row["email_source"]) == (None, None)


NAME_CASES: list[tuple[list[dict[str, Any]], list[dict[str, Any]], tuple[Any, ...]]] = [
    # a name is not put together from two records
    ([{"given_name": "Ann"}], [{"given_name": "Bea", "family_name": "Roe"}], ("Bea", "Roe", "erp")),
    ([{"given_name": "Ann"}], [{"family_name": "Roe"}], ("Ann", None, "crm")),
    ([{"given_name": " ", "family_name": ""}], [{"given_name": "Bea"}], ("Bea", None, "erp")),
    ([{}], [{}], (None, None, None)),
]


@pytest.mark.parametrize(("crm", "erp", "expected"), NAME_CASES)
def test_names(
    spark: SparkSession, crm: list[dict[str, Any]], erp: list[dict[str, Any]], expected: tuple[Any, ...]
) -> None:
    row = one(spark, crm=crm, erp=erp)
    assert (row["given_name"], row["family_name"], row["given_name_source"]) == expected


ADDRESS_CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]] = {
    "same place fills blanks": (
        [CRM],
        [{"street": " 1  MAIN st", "city": "bonn", "latitude": 50.7, "longitude": 7.1}],
        {**CRM, "street": " 1  MAIN st", "city": "bonn", "latitude": 50.7, "longitude": 7.1},
    ),
    "another place fills nothing": (
        [CRM],
        [{"street": "2 Main St", "city": "Bonn"}],
        {"street": "2 Main St", "city": "Bonn"},
    ),
    "the same place of a second erp row": (
        [CRM],
        [{"street": "9 Side Rd", "city": "Rome"}, {**ERP, "street": "9, side rd"}],
        ERP,
    ),
    "incomplete gives way to complete": ([CRM], [{"city": "Rome", "postal_code": "00100"}], CRM),
    "incomplete is better than none": ([{}], [{"city": "Rome"}], {"city": "Rome"}),
    "incomplete ones are not joined": ([{"street": "1 Main St"}], [{"city": "Rome"}], {"city": "Rome"}),
    "blank is no place": (
        [{"street": "-", "city": "Bonn", "region": "NRW"}],
        [{"street": "?", "city": "Bonn"}],
        {"street": "?", "city": "Bonn"},
    ),
}


@pytest.mark.parametrize("case", ADDRESS_CASES)
def test_addresses_are_never_mixed(spark: SparkSession, case: str) -> None:
    crm, erp, expected = ADDRESS_CASES[case]
    assert address(one(spark, crm=crm, erp=erp)) == expected


def test_what_fills_a_blank_is_named_as_its_source(spark: SparkSession) -> None:
    row = one(spark, crm=[CRM], erp=[{"street": "1 Main St", "city": "Bonn"}])
    assert (row["street_source"], row["city_source"]) == ("erp", "erp")
    assert (row["region_source"], row["postal_code_source"], row["latitude_source"]) == ("crm", "crm", None)


def test_filling_can_be_turned_off(spark: SparkSession) -> None:
    plain = configured()["profile"]
    plain["groups"]["address"]["same_place"] = []
    parameters = ProfileParameters.model_validate(plain)
    found = one(spark, crm=[CRM], erp=[{"street": "1 Main St", "city": "Bonn"}], parameters=parameters)
    assert address(found) == {"street": "1 Main St", "city": "Bonn"}


def test_within_a_source_the_surer_link_wins_and_then_the_lower_key(spark: SparkSession) -> None:
    records = [{"source_key": key, "phone": f"+{key}", "gender": None} for key in ("10", "9", "x")]
    assert one(spark, crm=records, erp=[])["phone"] == "+9"
    surer = one(spark, crm=records, erp=[], **{"10": 0.8, "9": 0.8, "x": 0.9})
    assert (surer["phone"], surer["crm_key"]) == ("+x", "x")
    records[1]["phone"] = "  "
    assert one(spark, crm=records, erp=[])["phone"] == "+10"


def test_an_invalid_email_is_no_email(spark: SparkSession) -> None:
    records = [{"email": "bad", "email_valid": False}, {"email": "b@x.io", "email_valid": True}]
    assert one(spark, crm=records, erp=[])["email"] == "b@x.io"
    assert one(spark, crm=records[:1], erp=[])["email"] is None


def test_attributes_of_a_fifth_source_are_configuration(spark: SparkSession) -> None:
    plain = configured()["profile"]
    plain["attributes"]["loyalty_tier"] = ["loyalty"]
    plain["groups"]["address"]["sources"].append({"source": "loyalty", "columns": {"city": "town"}})
    plain["keys"].append("loyalty")
    sources = silver(
        spark,
        crm=[{"source_key": "1"}],
        loyalty=[{"source_key": "L7", "loyalty_tier": "gold", "town": "Rome"}],
    )
    links = crosswalk(spark, ("A", "crm", "1"), ("A", "loyalty", "L7"), ("B", "support", "t"))
    rows = dictionaries(
        golden_profiles(sources, links, ProfileParameters.model_validate(plain)), by="customer_id"
    )
    found = rows["A"]
    assert (found["loyalty_tier"], found["loyalty_tier_source"], found["loyalty_key"]) == (
        "gold",
        "loyalty",
        "L7",
    )
    assert (found["city"], found["city_source"], found["source_count"]) == ("Rome", "loyalty", 2)
    # a customer whom only a source without attributes knows
    assert (rows["B"]["loyalty_tier"], rows["B"]["source_count"], rows["B"]["record_count"]) == (None, 1, 1)


def test_a_key_of_a_source_that_is_not_there(spark: SparkSession) -> None:
    plain = {**configured()["profile"], "keys": ["crm", "shop"]}
    with pytest.raises(ProfileConfigurationError, match=r"profile\.keys: there is no source 'shop'"):
        golden_profiles(
            silver(spark), crosswalk(spark, ("A", "crm", "1")), ProfileParameters.model_validate(plain)
        )


texts = st.sampled_from([None, "", "a", "A ", "b"])
record = st.fixed_dictionaries(
    dict.fromkeys(("given_name", "family_name", "street", "city", "postal_code"), texts)
)
located = st.tuples(st.sampled_from(["A", "B", "C", "D", "E", "F", "G"]), st.sampled_from([0.5, 1.0]), record)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    crm=st.lists(located, min_size=4, max_size=20), erp=st.lists(located, max_size=20), seed=st.integers(0, 9)
)
def test_invariants(spark: SparkSession, crm: list[Any], erp: list[Any], seed: int) -> None:
    """Order does not matter; each value stands in a record of the source it is said to come from; a name
    comes from one record; an address from records of one place."""
    rows = {
        source: [{"source_key": str(number), **row} for number, (_, _, row) in enumerate(of)]
        for source, of in (("crm", crm), ("erp", erp))
    }
    links = [(c, s, str(i), f) for s, of in (("crm", crm), ("erp", erp)) for i, (c, f, _) in enumerate(of)]
    built = dictionaries(
        golden_profiles(silver(spark, **rows), crosswalk(spark, *links), profile()), by="customer_id"
    )
    mixed = random.Random(seed)
    shuffled = {source: mixed.sample(of, len(of)) for source, of in rows.items()}
    again = golden_profiles(
        silver(spark, **shuffled), crosswalk(spark, *mixed.sample(links, len(links))), profile()
    )
    assert dictionaries(again, by="customer_id") == built
    assert set(built) == {link[0] for link in links}
    for customer, found in built.items():
        known = [
            (source, row) for c, source, key, _ in links if c == customer for row in [rows[source][int(key)]]
        ]
        for name in ("given_name", "family_name", "street", "city", "postal_code"):
            if found[name] is not None:
                assert any(s == found[f"{name}_source"] and row[name] == found[name] for s, row in known)
            else:
                assert found[f"{name}_source"] is None
        assert _from_one_record(found, ("given_name", "family_name"), [row for _, row in known])
        place = (_place(found["street"]), _place(found["city"]))
        if all(place):
            at_place = [row for _, row in known if (_place(row["street"]), _place(row["city"])) == place]
            assert found["postal_code"] in ({row["postal_code"] for row in at_place} | {None})
        else:
            assert _from_one_record(found, ("street", "city", "postal_code"), [row for _, row in known])


def _place(text: str | None) -> str:
    return (text or "").strip().lower()


def _from_one_record(found: dict[str, Any], names: tuple[str, ...], rows: list[dict[str, Any]]) -> bool:
    return any(
        all((row[name] if (row[name] or "").strip() else None) == found[name] for name in names)
        for row in rows
    )
