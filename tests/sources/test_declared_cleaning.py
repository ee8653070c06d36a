"""What each way to declare a column makes of a record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from sources.bronze_frames import SETTINGS, bronze
from sources.test_declaration import LOYALTY, declared

from customer_360.bronze import current_records
from customer_360.sources.cleaning import DeclaredCleaning
from customer_360.sources.errors import SourceDeclarationError


def cleaning(columns: dict[str, Any]) -> DeclaredCleaning:
    written = {"from": "x.csv", "key": "id", "columns": columns}
    made = declared(written).source.clean
    assert isinstance(made, DeclaredCleaning)
    return made


def clean(spark: SparkSession, columns: dict[str, Any], record: Any) -> dict[str, Any]:
    """The columns and, under `raw`, the texts of one record."""
    frame = cleaning(columns)(current_records(bronze(spark, [("1", record)])), SETTINGS)
    [row] = frame.collect()
    found: dict[str, Any] = row.asDict(recursive=True)
    return {
        name: value
        for name, value in found.items()
        if name not in ("source_key", "payload", "ingested_at", "run_id")
    }


def initials(given: Column, family: Column) -> Column:
    """For tests of `function`: Ann Lee, AL."""
    return F.concat(F.substring(given, 1, 1), F.substring(family, 1, 1))


def not_a_column(text: Column) -> str:
    """For tests of `function`: no Column."""
    return str(text)


RECORD = {
    "mail": " Ann@Example.org ", "tel": "+1 212-555-0123", "born": "3/9/1996", "name": "Lee, Ann", "n": "12.0",
    "place": {"lat_lng": "1.5 : 2.5", "zip": "29 112", "deep": {"er": {"town": " Bonn  "}}}, "f": "W", "g": "robot",
    "x y": "blank in its name", "tags": ["B", "a", "b"], "land": "usa", "nothing": "n/a",
}  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"name": None}, {"name": "Lee, Ann"}),
        ({"town": "place.deep.er.town"}, {"town": "Bonn"}),
        ({"words": "x y"}, {"words": "blank in its name"}),
        ({"nothing": None}, {"nothing": None}),
        ({"absent": "no.such.thing"}, {"absent": None}),
        ({"email": {"field": "mail", "as": "email"}}, {"email": "ann@example.org", "email_valid": True}),
        (
            {"e": {"field": "mail", "as": "email", "into": ["address", "is_one"]}},
            {"address": "ann@example.org", "is_one": True},
        ),
        ({"phone": {"field": "tel", "as": "phone"}}, {"phone": "+12125550123", "phone_valid": True}),
        ({"born": {"as": "date"}}, {"born": date(1996, 3, 9)}),
        ({"name": {"as": "person_name"}}, {"name": "Lee, Ann"}),
        ({"name": {"as": "whole_name"}}, {"full_name": "Ann Lee", "given_name": "Ann", "family_name": "Lee"}),
        ({"code": {"field": "place.zip", "as": "postal_code"}}, {"code": "29 112"}),
        ({"land": {"as": "country_code"}}, {"land": "US"}),
        ({"n": {"as": "count"}}, {"n": 12}),
        ({"tags": {"as": "tags"}}, {"tags": ["a", "b"]}),
        ({"at": {"field": "place.lat_lng", "as": "coordinates"}}, {"latitude": 1.5, "longitude": 2.5}),
        (
            {"at": {"field": ["n", "n"], "as": "coordinates", "raw": ["lat", "lng"], "into": ["x", "y"]}},
            {"x": 12.0, "y": 12.0},
        ),
        ({"sex": {"field": "f", "vocabulary": "gender"}}, {"sex": "unknown"}),
        ({"sex": {"field": "g", "vocabulary": "gender", "unknown": "blank"}}, {"sex": None}),
        ({"n": {"sql": "CAST(raw.n AS DOUBLE) * 2", "field": "n"}}, {"n": 24.0}),
        (
            {"a": {"sql": "b || '!'"}, "b": "name", "c": {"sql": "concat(a, b)"}},
            {"a": "Lee, Ann!", "b": "Lee, Ann", "c": "Lee, Ann!Lee, Ann"},
        ),
        (
            {
                "name": {"as": "whole_name"},
                "initials": {"function": f"{__name__}.initials", "of": ["given_name", "family_name"]},
            },
            {"full_name": "Ann Lee", "given_name": "Ann", "family_name": "Lee", "initials": "AL"},
        ),
        ({"loud": {"field": "name", "function": "pyspark.sql.functions.upper"}}, {"loud": "LEE, ANN"}),
    ],
)
def test_a_column_of_each_kind(
    spark: SparkSession, columns: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = clean(spark, columns, RECORD)
    found.pop("raw")
    assert found == expected


def test_rules_see_the_texts_under_the_names_of_the_columns(spark: SparkSession) -> None:
    columns = {
        "n": {"as": "count"},
        "town": {"field": "place.deep.er.town", "raw": "city"},
        "s": {"sql": "1"},
    }
    raw = clean(spark, columns, RECORD)["raw"]
    assert raw == {"malformed": None, "unreadable": None, "n": "12.0", "city": "Bonn"}


def test_what_should_be_an_object_and_is_not_is_told(spark: SparkSession) -> None:
    columns = {"town": "place.deep.er.town", "zip": "place.zip"}
    found = clean(spark, columns, {"place": {"deep": "x", "zip": "1"}})
    assert (found["zip"], found["town"]) == ("1", None)
    assert found["raw"]["unreadable"] == "place.deep: no object"


@pytest.mark.parametrize(
    ("column", "key", "message"),
    [
        ({"sql": "lower(raw.teir)", "field": "tier"}, "columns.t.sql", "the engine does not accept it"),
        ({"sql": "lower(("}, "columns.t.sql", "the engine does not accept it"),
        ({"sql": "sum(points)"}, "columns.t.sql", "the engine does not accept it"),
        ({"sql": "NULL"}, "columns.t.sql", "it gives void, which no table can have"),
        (
            {"function": f"{__name__}.not_a_column"},
            "columns.t.function",
            "gives str; a function gives a Column",
        ),
        ({"function": f"{__name__}.initials"}, "columns.t.function", "the engine does not accept it"),
    ],
)
def test_what_the_engine_does_not_accept_is_found_without_any_record(
    spark: SparkSession, column: dict[str, Any], key: str, message: str
) -> None:
    made = cleaning({"points": {"as": "count"}, "t": column})
    with pytest.raises(SourceDeclarationError) as error:
        made.check(current_records(bronze(spark, [])), SETTINGS)
    assert str(error.value).startswith(f"conf/base/sources/loyalty.yml, {key}: ")
    assert message in str(error.value)


def test_what_it_may_use_is_said(spark: SparkSession) -> None:
    made = declared({**LOYALTY, "columns": {**LOYALTY["columns"], "t": {"sql": "tier"}}}).source.clean
    assert isinstance(made, DeclaredCleaning)
    with pytest.raises(
        SourceDeclarationError, match=r"It may use .*email_valid, .*loyalty_tier, .*raw\.loyalty_points"
    ):
        made.check(current_records(bronze(spark, [])), SETTINGS)
