"""A source's file that cannot be used: file, key and what is allowed are said, before anything else happens."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from support.configuration import PARAMETERS

from customer_360.sources.compiled import DeclaredSource, in_order, with_declarations
from customer_360.sources.declaration import read_declaration
from customer_360.sources.errors import SourceDeclarationError

FILE = "conf/base/sources/loyalty.yml"
LOYALTY: dict[str, Any] = yaml.safe_load("""
from: loyalty_members.csv
key: member_id
columns:
  email: {field: mail, as: email}
  loyalty_tier: {field: tier, sql: lower(raw.loyalty_tier)}
  loyalty_points: {field: points, as: count}
rules:
  - {name: invalid_email, check: "coalesce(email_valid, false)"}
link_by:
  - {column: email, normalise: email, only_if: email_valid, target_only_if: email_valid}
profile: [loyalty_tier, loyalty_points]
""")
SHARED = {name: PARAMETERS[name] for name in ("cleaning", "identity", "linking", "profile")}

Edit = Callable[[dict[str, Any]], Any]


def declared(written: Any, *, name: str = "loyalty", file: str = FILE) -> DeclaredSource:
    found = read_declaration(name, written, file=file, blocked_fields=("password", "iban"))
    return DeclaredSource(name=name, file=file, declaration=found)


def read(edit: Edit, name: str = "loyalty") -> dict[str, Any]:
    """The parameters with this source among them."""
    written = copy.deepcopy(LOYALTY)
    edit(written)
    sources = in_order([declared(written, name=name)])
    assert [source.source.name for source in sources] == [name]
    return with_declarations(SHARED, sources)


def of_column(**said: Any) -> Edit:
    return lambda source: source["columns"].update(said)


WRONG: list[tuple[Edit, str, str]] = [
    # an unknown or missing key
    (lambda s: s.update(colums={}), "colums", "no such key. Did you mean 'columns'? Allowed: table, order, from, key"),
    (lambda s: s.pop("key"), "key", "the key is missing."),
    (lambda s: s.pop("from"), "from", "the key is missing."),
    (lambda s: s.pop("columns"), "columns", "the key is missing."),
    (lambda s: s.update(columns={}), "columns", "at least 1 item"),
    (of_column(email={"feild": "mail"}), "columns.email.feild", "Did you mean 'field'? Allowed: field, as, vocabulary"),
    (lambda s: s["link_by"][0].update(colum="x"), "link_by.0.colum", "Did you mean 'column'? Allowed: column, name"),
    (lambda s: s["rules"][0].update(sevrity="x"), "rules.0.sevrity", "Did you mean 'severity'? Allowed: name"),
    (lambda s: s.update(shape={"requird": []}), "shape.requird", "Did you mean 'required'?"),
    (lambda s: s.update(profile=[{"atribute": "x"}]), "profile.0.attribute", "the key is missing."),
    (lambda s: s.update(unlinked="keep"), "unlinked", "own_customer"),
    (lambda s: s.update(order="first"), "order", "valid integer"),
    (lambda s: s.update(rules=["malformd"]), "rules.0", "no standard rule 'malformd'. Did you mean 'malformed'?"),
    (lambda s: s.update(without_rules=["invalid_email"]), "without_rules.0", "malformed"),
    (lambda s: s.update(key=False), "key", "valid string (given: False). Put it in quotation marks."),
    # where it is
    (lambda s: s.update({"from": "members.dat"}), "from", "ends in none of .csv, .json, .xlsx, .parquet"),
    (lambda s: s.update({"from": {"file": "x.csv"}}), "from.type", "the type is missing. There are: rest, csv, json"),
    (lambda s: s.update({"from": {"type": "csv", "file": "x", "fields": []}}), "from.fields", "is said by `columns`"),
    (lambda s: s.update({"from": 7}), "from", "a file name, or {type: ..., and what its dataset takes}"),
    # how a column is made
    (of_column(email={"as": "emial"}), "columns.email.as", "no standardiser 'emial'. Did you mean 'email'? There are"),
    (of_column(email={"as": "email", "sql": "1"}), "columns.email.sql", "stands beside as"),
    (of_column(email={"unknown": "blank"}), "columns.email.unknown", "is for columns with vocabulary only"),
    (of_column(email={"as": "email", "of": ["mail"]}), "columns.email.of", "is for columns with function only"),
    (of_column(email={"field": ["a", "b"], "as": "email"}), "columns.email.field", "2 fields; email takes 1"),
    (of_column(place={"field": ["a", "b", "c"], "as": "coordinates"}), "columns.place.field", "takes 1 or 2"),
    (of_column(place={"as": "coordinates", "into": ["lat"]}), "columns.place.into", "1 names for 2 of them"),
    (of_column(tier={"field": "a..b"}), "columns.tier.field", "'a..b' cannot be a field"),
    (of_column(tier={"field": "a`b"}), "columns.tier.field", "cannot be a field"),
    (of_column(Tier="tier"), "columns.Tier", "must be of small letters, digits and _"),
    (of_column(tier={"vocabulary": "gendr"}), "columns.tier.vocabulary", "no vocabulary 'gendr'. Did you mean"),
    (
        of_column(tier={"function": "customer_360.loyalti.tier"}),
        "columns.tier.function",
        "customer_360.loyalti.tier cannot be imported (ModuleNotFoundError",
    ),
    (
        of_column(tier={"function": "customer_360.standardise.names.full_nam"}),
        "columns.tier.function",
        "no function in customer_360.standardise.names 'full_nam'. Did you mean 'full_name'?",
    ),
    # names that clash
    (of_column(email_valid="x"), "columns.email", "email_valid is made more than once, by email and email_valid"),
    (of_column(warnings="x"), "columns.warnings", "is there already; taken: source_key"),
    (of_column(tier={"raw": "email"}), "columns.email", "raw.email is there twice"),
    (of_column(tier={"field": "Mail"}), "columns.email", "differs from another one in its case only"),
    (lambda s: s.update(table="quarantine"), "table", "is a table already"),
    (lambda s: s["rules"].append(s["rules"][0]), "rules", "names must be unique; repeated: invalid_email"),
    # columns, attributes and sources that are not there
    (lambda s: s.update(person={"email": "mail"}, link_by=[]), "person.email", "no column 'mail'"),
    (lambda s: s.update(person=["emial"], link_by=[]), "person.emial", "no column 'emial'. Did you mean 'email'?"),
    (lambda s: s.update(person={"fone": "email"}, link_by=[]), "person.fone", "Did you mean 'phone'?"),
    (lambda s: s.update(person=["email"]), "link_by", "are not linked by rules"),
    (lambda s: s["link_by"][0].update(column="mail"), "link_by.0.column", "no column 'mail'"),
    (lambda s: s["link_by"][0].update(only_if="email_vald"), "link_by.0.only_if", "Did you mean 'email_valid'?"),
    (lambda s: s["link_by"][0].update(target="crn"), "link_by.0.target", "no source 'crn'"),
    (lambda s: s.update(profile=["tier"]), "profile.tier", "no column 'tier'"),
    (lambda s: s.update(shape={"required": ["mail"]}), "shape.required.mail", "no column 'mail'"),
    # what is never stored
    (of_column(secret="Password"), "columns.secret", "one of blocked_fields (globals.yml)"),
    (of_column(secret="account.iban"), "columns.secret", "one of blocked_fields"),
    (lambda s: s.update(key="iban"), "key", "one of blocked_fields"),
    (lambda s: s.update(keep=["iban"]), "keep", "one of blocked_fields"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "key", "message"), WRONG, ids=[f"{n}-{key}" for n, (_, key, _) in enumerate(WRONG)]
)
def test_a_wrong_declaration_names_file_key_and_what_is_allowed(edit: Edit, key: str, message: str) -> None:
    with pytest.raises(SourceDeclarationError) as error:
        read(edit)
    [line, *_] = str(error.value).splitlines()
    assert line.startswith(f"{FILE}, {key}: "), line
    assert message in line


def test_several_mistakes_are_told_together() -> None:
    with pytest.raises(SourceDeclarationError) as error:
        read(lambda source: source.update(colour="blue", unlinked="keep"))
    assert [line.partition(": ")[0] for line in str(error.value).splitlines()] == [
        f"{FILE}, unlinked",
        f"{FILE}, colour",
    ]


def test_a_name_that_kedro_takes_for_other_files() -> None:
    with pytest.raises(SourceDeclarationError, match="cannot begin with catalog, parameters, credentials"):
        read(lambda source: None, name="parameters_of_loyalty")


def test_a_file_with_nothing_below_its_name() -> None:
    with pytest.raises(SourceDeclarationError, match="everything about the source stands below its name"):
        declared(None)


def test_two_sources_with_one_table() -> None:
    other = declared({**LOYALTY, "table": "loyalty"}, name="other", file="conf/base/sources/other.yml")
    with pytest.raises(SourceDeclarationError, match=r"other.yml, table: loyalty is the table of loyalty"):
        in_order([declared(LOYALTY), other])


def test_what_a_short_file_stands_for() -> None:
    found = read(lambda source: None)
    assert found["ingestion"]["sources"] == {
        "loyalty": {"key_field": "member_id", "unique_keys": False, "deleted_field": None}
    }
    rules = found["cleaning"]["sources"]["loyalty"]["rules"]
    assert [(rule["name"], rule["severity"]) for rule in rules] == [
        ("malformed", "error"), ("missing_key", "error"), ("unreadable_value", "warning"),
        ("repeated_key", "warning"), ("invalid_email", "warning"),
    ]  # fmt: skip
    [rule] = [rule for rule in found["linking"]["rules"] if rule["source"] == "loyalty"]
    assert (rule["name"], rule["target"], rule["target_column"]) == ("loyalty_email", "crm", "email")
    assert found["profile"]["attributes"]["loyalty_tier"] == [{"source": "loyalty"}]


def test_parameters_lie_over_declarations() -> None:
    given = copy.deepcopy(SHARED)
    ruled = {
        "name": "mine",
        "source": "loyalty",
        "column": "email",
        "target": "crm",
        "target_column": "email",
    }
    given["linking"]["rules"] = [ruled]
    given["cleaning"]["sources"] = {"loyalty": {"shape": {"min_records": 9}}}
    given["profile"]["attributes"]["email"] = ["crm", "loyalty"]
    written = {**LOYALTY, "profile": ["email", "loyalty_tier"], "show_key": True, "unlinked": "own_customer"}
    found = with_declarations(given, (declared(written),))
    assert found["linking"]["rules"] == [ruled]
    assert found["linking"]["unlinked"]["loyalty"] == "own_customer"
    assert found["cleaning"]["sources"]["loyalty"]["shape"] == {"min_records": 9}
    assert len(found["cleaning"]["sources"]["loyalty"]["rules"]) == 5
    assert found["profile"]["attributes"]["email"] == ["crm", "loyalty"]
    assert list(found["profile"]["attributes"])[-1] == "loyalty_tier"
    assert found["profile"]["keys"][-1] == "loyalty"


def test_the_order_is_that_of_the_files_then_by_name() -> None:
    names = ["b", "a", "z"]
    sources = [declared({**LOYALTY, "order": 1} if name == "z" else LOYALTY, name=name) for name in names]
    assert [source.name for source in in_order(sources)] == ["z", "a", "b"]


@pytest.mark.parametrize("group", ["cleaning", "identity", "linking", "profile", "ingestion"])
@pytest.mark.parametrize("value", [7, None, "x", [], {}])
def test_parameters_of_another_form_are_left_to_whoever_reads_them(group: str, value: Any) -> None:
    given = {**SHARED, group: value}
    found = with_declarations(given, (declared(LOYALTY),))
    if not isinstance(value, dict):
        assert found[group] == value


@pytest.mark.parametrize("value", [7, None, "x", [7], {"a": 7}])
@pytest.mark.parametrize(
    "path",
    [
        "linking.rules",
        "linking.persons",
        "profile.attributes",
        "profile.keys",
        "cleaning.sources",
        "cleaning.settings",
    ],
)
def test_nor_do_parts_of_them_disturb(path: str, value: Any) -> None:
    group, _, key = path.partition(".")
    given = {**SHARED, group: {**SHARED[group], key: value}}
    assert with_declarations(given, (declared({**LOYALTY, "show_key": True}),))[group]
