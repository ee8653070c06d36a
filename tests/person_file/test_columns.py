from __future__ import annotations

from collections.abc import Sequence

import pytest

from customer_360.person_file.columns import (
    ColumnsError,
    FileColumn,
    Matched,
    Said,
    match_columns,
    told_apart,
)

ATTRIBUTES = (
    "given_name", "middle_name", "family_name", "full_name", "birth_date", "sex", "email", "phone", "street",
    "house_number", "unit", "city", "postal_code", "region", "country", "national_id", "customer_number",
)  # fmt: skip


def match(names: Sequence[str], said: Said | None = None, **values: Sequence[str]) -> Matched:
    columns = [FileColumn(name, values.get(name, ())) for name in told_apart(names)]
    return match_columns(columns, ATTRIBUTES, said or Said())


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("First Name", "given_name"), ("FIRST_NAME", "given_name"), ("first-name", "given_name"),
        (" fname ", "given_name"), ("Surname", "family_name"), ("Last Name", "family_name"),
        ("E-Mail", "email"), ("Email", "email"), ("MAIL", "email"), ("e-mail address", "email"),
        ("DOB", "birth_date"), ("D.O.B.", "birth_date"), ("Date of Birth", "birth_date"),
        ("Zip", "postal_code"), ("ZIP Code", "postal_code"), ("Postcode", "postal_code"),
        ("Post-Code", "postal_code"), ("Mobile", "phone"), ("Tel", "phone"), ("Tel.", "phone"),
        ("Phone Number", "phone"), ("Street Address", "street"), ("Address", "street"), ("Town", "city"),
        ("State", "region"), ("Gender", "sex"), ("SSN", "national_id"), ("Apt #", "unit"),
        ("House No.", "house_number"), ("Full Name", "full_name"), ("name", "full_name"),
        ("Customer No", "customer_number"), ("Vorname", "given_name"), ("Nachname", "family_name"),
        ("Geburtsdatum", "birth_date"), ("Straße", "street"), ("PLZ", "postal_code"), ("Ort", "city"),
        ("Prénom", "given_name"), ("Nom de famille", "family_name"), ("Téléphone", "phone"),
        ("Code postal", "postal_code"), ("Ville", "city"), ("Apellidos", "family_name"),
        ("Fecha de nacimiento", "birth_date"), ("Correo electrónico", "email"), ("Dirección", "street"),
        ("Código Postal", "postal_code"), ("Cognome", "family_name"), ("Achternaam", "family_name"),
    ],
)  # fmt: skip
def test_what_people_call_a_column(name: str, target: str) -> None:
    found = match(["source", "key", name])
    assert found.positions[target] == 2 and found.ignored == []
    assert found.renamed == [(name, target)]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_the_own_name_of_an_attribute_is_no_news(name: str) -> None:
    assert match(["source", "key", name]) == Matched({"source": 0, "key": 1, name: 2}, [], [])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["source", "key", "Vorname", "Name"], {"given_name": 2, "family_name": 3}),
        (["source", "key", "nom", "prénom"], {"given_name": 3, "family_name": 2}),
        (["source", "key", "nombre", "apellidos"], {"given_name": 2, "family_name": 3}),
        (["source", "key", "nombre"], {"full_name": 2}),
        (["source", "key", "name", "given_name", "family_name"], {"full_name": 2, "given_name": 3, "family_name": 4}),
        (["System", "ID", "mail"], {"source": 0, "key": 1, "email": 2}),
        (["source", "id", "key", "email"], {"key": 2}),
        (["source", "customer_id", "email"], {"key": 1}),
        (["source", "person_id", "rec_id", "email"], {"key": 2}),
    ],
)  # fmt: skip
def test_names_that_depend_on_the_others(names: list[str], expected: dict[str, int]) -> None:
    found = match(names).positions
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["source", "key", "email", "city", "email"], r"'email#3' and 'email#5' may both be email"),
        (["source", "key", "email", "E-Mail"], r"'email' and 'E-Mail' may both be email"),
        (["source", "key", "Phone", "Mobile"], r"'Phone' and 'Mobile' may both be phone.*--map phone=Phone"),
        (["source", "key", "colour"], r"at least one of given_name.*It has: source, key, colour"),
        (["source", "colour", "email"], r"must have the columns source and key.*--map key=COLUMN"),
        (["key", "email"], r"--source NAME names one source"),
        (["crm", "Felix", "Norwick"], r"None of its 3 columns has a name that says what it is"),
    ],
)
def test_what_cannot_be_told_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(ColumnsError, match=message):
        match(names)


def test_a_first_record_in_place_of_a_header_is_not_shown() -> None:
    for names in (["crm", "1", "Felix", "felix@x.io"], ["source", "1", "felix@x.io", "1980-02-03"]):
        with pytest.raises(ColumnsError, match=r"(?i)is its first line a header") as refused:
            match([*names])
        assert "felix" not in str(refused.value).lower()


def test_the_user_may_say_which_is_which() -> None:
    names = ["source", "key", "email", "Contact", "email", "Notes"]
    said = Said(columns={"email": "email#5", "phone": "contact"}, ignored=["notes"])
    found = match(names, said, Contact=["a@b.io"] * 9, Notes=["x@y.io"] * 9)
    assert found.positions == {"source": 0, "key": 1, "email": 4, "phone": 3}
    assert found.ignored == ["email#3", "Notes"]
    assert match(["key", "email"], Said(source="shop")).positions == {"key": 0, "email": 1}
    assert (
        match(["a", "b", "c"], Said(columns={"source": "a", "key": "b", "email": "c"})).positions["email"]
        == 2
    )


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (Said(columns={"mail": "email"}), "there is no attribute mail. There are: source, key, given_name"),
        (Said(columns={"email": "Mail"}), "There is no column 'Mail'. It has: source, key, email"),
        (Said(ignored=["Mail"]), "There is no column 'Mail'"),
    ],
)
def test_what_the_user_says_must_be_there(said: Said, message: str) -> None:
    with pytest.raises(ColumnsError, match=message):
        match(["source", "key", "email"], said)


MAILS = [f"person{n}@mail.example" for n in range(9)]
PHONES = [f"(304) 555-01{n:02}" for n in range(9)]
BIRTHS = [
    f"{year}-04-0{n}" for n, year in enumerate((1931, 1945, 1958, 1964, 1970, 1977, 1985, 1990, 2001), 1)
]
ORDERS = [f"2024-04-0{n}" for n in range(1, 10)]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("Contact", MAILS, r"'Contact' holds e-mail addresses.*--map email=Contact.*--ignore Contact"),
        ("Reach at", PHONES, r'--map "phone=Reach at".*--ignore "Reach at"'),
        ("Reach", [f"+44 7700 9001{n:02}" for n in range(9)], "holds telephone numbers"),
        ("Since", BIRTHS, "holds birth dates"),
        ("work_email", ["office@works.example"] * 9, "'work_email'"),
        ("email2", ["a@x", "b@y", "c@z", "d@w", "e@v"], "may be email, judging by its name"),
        ("workPhone", ["3045550100", "3045550101", "304555"], "may be phone"),
        ("Address 2", ["Flat 2", "Flat 3", "Flat 4", "Flat 5", "x"], "may be street"),
        ("maiden name", ["Abel", "Berger", "Cohn", "Dorn", "Ems"], "may be family_name"),
        ("Birth (text)", ["3 Feb 1980", "4 Feb 1981", "5 May 1966", "x", "y"], "may be birth_date"),
    ],
)
def test_a_column_that_may_be_somebodys_attribute_is_not_left_out_in_silence(
    name: str, values: list[str], message: str
) -> None:
    names = ["source", "key", "family_name", name]
    with pytest.raises(ColumnsError, match=message) as refused:
        match_columns([FileColumn(n, values if n == name else ()) for n in names], ATTRIBUTES, Said())
    assert not any(value in str(refused.value) for value in values if len(value) > 3)
    left = match_columns(
        [FileColumn(n, values if n == name else ()) for n in names], ATTRIBUTES, Said(ignored=[name])
    )
    assert left.ignored == [name]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("colour", ["red"] * 9),
        ("person", [f"filler-{n}" for n in range(9)]),
        ("email opt in", ["yes", "no"] * 5),
        ("phone_type", ["home", "mobile", "work"] * 3),
        ("created", ORDERS),
        ("email_verified_at", ORDERS),
        ("last_login_ip", [f"192.168.0.{n}" for n in range(9)]),
        ("ip_address", [f"192.168.0.{n}" for n in range(9)]),
        ("amount", [f"12345.6{n}" for n in range(9)]),
        ("order", [f"100000000{n}" for n in range(9)]),
        ("latitude", [f"-55.1097{n}" for n in range(9)]),
        ("company_name", ["Works", "Mills", "Yards", "Fields", "Mines"]),
        ("work_email", []),
    ],
)
def test_other_columns_are_left_out_by_name(name: str, values: list[str]) -> None:
    columns = [FileColumn("source"), FileColumn("key"), FileColumn("birth_date"), FileColumn(name, values)]
    assert match_columns(columns, ATTRIBUTES, Said()).ignored == [name]
