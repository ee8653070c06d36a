"""House number, street and unit out of addresses as people write them."""

from __future__ import annotations

from collections.abc import Sequence

from enrichment_frames import identity
from feature_values import Case, check
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

Address = tuple[str | None, str | None, str | None]

LINES: list[tuple[str, Address]] = [
    # the unit before, behind and in the middle
    ("10 High Street", ("10", "highst", None)),
    ("Flat 2, 10 High Street", ("10", "highst", "2")),
    ("10 High Street, Flat 2", ("10", "highst", "2")),
    ("10 HIGH STREET FLAT 2", ("10", "highst", "2")),
    ("10, Flat 2, High St", ("10", "highst", "2")),
    ("Flat 02, 10 High Street", ("10", "highst", "2")),
    ("2/10 High Street", ("10", "highst", "2")),
    ("Flat 2 92 High Street", ("92", "highst", "2")),
    ("2, 92-92A High Street", ("92", "highst", "2")),
    ("14A 34 KINGS ROAD", ("34", "kingsrd", "14a")),
    ("34 Kings Rd Flat 14A", ("34", "kingsrd", "14a")),
    ("Flat 14-A, 34 Kings Road", ("34", "kingsrd", "14a")),
    ("Flat 14C, 34 Kings Road", ("34", "kingsrd", "14c")),
    ("Apt 4B, 5 Oak Avenue", ("5", "oakav", "4b")),
    ("5 Oak Ave #12", ("5", "oakav", "12")),
    ("5 Oak Ave # 12", ("5", "oakav", "12")),
    ("5 Oak Ave Apt. #12", ("5", "oakav", "12")),
    ("5 Oak Ave Ste B", ("5", "oakav", "b")),
    ("Unit 5/27 Smith Street", ("27", "smithst", "5")),
    ("5/27 Smith St", ("27", "smithst", "5")),
    ("457 Dukes Pl apt25", ("457", "dukespl", "25")),
    ("457 Dukes Pl Apt#B", ("457", "dukespl", "b")),
    ("flat2, 10 High Street", ("10", "highst", "2")),
    ("10 High Street, fl2", ("10", "highst", "f2")),
    ("1204-55 King Street", ("55", "kingst", "1204")),
    # floors
    ("Top Floor Flat, 7 Mill Lane", ("7", "millln", "ftop")),
    ("7 Mill Lane, Top Flat", ("7", "millln", "ftop")),
    ("Basement Flat, 7 Mill Lane", ("7", "millln", "fbasement")),
    ("Basement, 7 Mill Lane", ("7", "millln", "fbasement")),
    ("Flat Basement, 7 Mill Lane", ("7", "millln", "fbasement")),
    ("Garden Flat, 7 Mill Lane", ("7", "millln", "fgarden")),
    ("First Floor Flat, 7 Mill Lane", ("7", "millln", "f1")),
    ("1st floor, 7 Mill Lane", ("7", "millln", "f1")),
    ("7 Mill Lane, 2nd floor", ("7", "millln", "f2")),
    ("7 Mill Lane, Fl 2", ("7", "millln", "f2")),
    ("7 Mill Lane, second floor, flat 4", ("7", "millln", "f2 4")),
    ("Second floor flat 4, 7 Mill Lane", ("7", "millln", "f2 4")),
    ("Ground Floor Flat, 7 Mill Lane", ("7", "millln", "f0")),
    ("Flat 3, Block B, 9 Quay Road", ("9", "quayrd", "bb 3")),
    ("9 Quay Road, Block B Flat 3", ("9", "quayrd", "bb 3")),
    # the number behind the street
    ("Hauptstr. 12a", ("12a", "hauptstr", None)),
    ("Hauptstraße 12 a", ("12a", "hauptstr", None)),
    ("Haupt-Strasse 12a", ("12a", "hauptstr", None)),
    ("Hauptstrasse Nr. 12", ("12", "hauptstr", None)),
    ("Kölner Straße 100", ("100", "kolnerstr", None)),
    ("Koelner Str. 100", ("100", "kolnerstr", None)),
    ("Marktplatz 3", ("3", "marktpl", None)),
    ("Marktpl. 3", ("3", "marktpl", None)),
    ("Hauptstr. 12, Wohnung 3", ("12", "hauptstr", "3")),
    ("Wohnung 3, Hauptstr. 12", ("12", "hauptstr", "3")),
    ("Hauptstr. 12, 2. OG links", ("12", "hauptstr", "f2 left")),
    ("Hauptstr. 12, 3. Stock", ("12", "hauptstr", "f3")),
    ("Hauptstr. 12, Erdgeschoss", ("12", "hauptstr", "f0")),
    ("Mariahilfer Straße 12, Stiege 2 Tür 5", ("12", "mariahilferstr", "b2 5")),
    ("Mariahilfer Straße 12, Tuer 5, Stiege 2", ("12", "mariahilferstr", "b2 5")),
    ("Mariahilfer Str. 12/2/5", ("12", "mariahilferstr", "b2 5")),
    ("Mariahilfer Str. 12/5", ("12", "mariahilferstr", "5")),
    ("Mariahilfer Str. 12, Top 5", ("12", "mariahilferstr", "5")),
    ("Kerkstraat 12-2", ("12", "kerkstr", "2")),
    ("Kerkstraat 12 II", ("12", "kerkstr", "ii")),
    ("Hauptstr. 12-14", ("12-14", "hauptstr", None)),
    ("Via Roma 12/A", ("12a", "viaroma", None)),
    ("Via Roma 12, int. 4", ("12", "viaroma", "4")),
    ("Długa 5/3", ("5", "dluga", "3")),
    ("Długa 5 m. 3", ("5", "dluga", "3")),
    ("Calle Mayor 5, piso 3 puerta 2", ("5", "callemayor", "f3 2")),
    ("Calle Mayor 5, puerta 2, piso 3", ("5", "callemayor", "f3 2")),
    ("Calle Mayor, 5, 3º 2ª", ("5", "callemayor", "f3 2")),
    ("Calle Mayor 5, 3º izq", ("5", "callemayor", "f3 left")),
    ("Calle Mayor 5, 3º izquierda", ("5", "callemayor", "f3 left")),
    ("Calle Mayor 5, esc. B, 3º C", ("5", "callemayor", "bb f3 c")),
    ("Nørregade 5, 2. tv", ("5", "norregade", "f2 left")),
    ("12 bis rue de la Paix", ("12bis", "rudelapaix", None)),
    ("12bis, rue de la Paix", ("12bis", "rudelapaix", None)),
    ("12 rue de la Paix, bâtiment B, App 3", ("12", "rudelapaix", "bb 3")),
    ("App 3, Bât. B, 12 rue de la Paix", ("12", "rudelapaix", "bb 3")),
    # what looks like a unit or a number and is none
    ("12 North Main Street", ("12", "nmainst", None)),
    ("12 N Main St", ("12", "nmainst", None)),
    ("100 A Street", ("100", "ast", None)),
    ("350 5th Avenue", ("350", "5thav", None)),
    ("10715 104 Street", ("10715", "104st", None)),
    ("12 Garden Road", ("12", "gardenrd", None)),
    ("12 Front Street", ("12", "frontst", None)),
    ("12 Top Lane", ("12", "topln", None)),
    ("12 Block House Lane", ("12", "blockhouseln", None)),
    ("12 Highway 5", ("12", "hwy5", None)),
    ("241 Noe Court, apt 7", ("241", "noct", "7")),
    ("Top Floor Flat, 7 Bath Road", ("7", "bathrd", "ftop")),
    ("10-12 High Street", ("10-12", "highst", None)),
    ("12 1/2 Main Street", ("12half", "mainst", None)),
    ("Rose Cottage", (None, "rosecottage", None)),
    ("No. 7 Mill Lane", ("7", "millln", None)),
    ("c/o Jones, 7 Mill Lane", ("7", "millln", None)),
    ("PO Box 123", ("123", "pobox", None)),
    ("P.O. Box 123", ("123", "pobox", None)),
    ("Postfach 12 34", ("1234", "pobox", None)),
    ("unknown", (None, None, None)),
    ("no fixed abode", (None, None, None)),
    ("xxx", (None, None, None)),
    # other scripts
    ("ул. Шевченка 12", ("12", "улшевченка", None)),
    ("Ερμού 5", ("5", "ερμου", None)),
]

COLUMNS: list[Case] = [
    ({"street": "Main St.", "house_number": "12"}, {"house_number": "12", "street": "mainst"}),
    ({"street": "12 Main St.", "house_number": "12"}, {"house_number": "12", "street": "mainst"}),
    ({"street": "Hauptstr.", "house_number": "12 A"}, {"house_number": "12a", "street": "hauptstr"}),
    ({"street": "Hauptstr.", "house_number": "12/3"}, {"house_number": "12", "unit": "3"}),
    ({"street": "High Street", "house_number": "Flat 2, 10"}, {"house_number": "10", "street": "highst", "unit": "2"}),
    ({"street": "10 High St", "unit": "Flat 2"}, {"house_number": "10", "street": "highst", "unit": "2"}),
    ({"street": "10 High St", "unit": "2"}, {"house_number": "10", "street": "highst", "unit": "2"}),
    ({"street": "10 High St", "unit": "4 B"}, {"house_number": "10", "street": "highst", "unit": "4b"}),
    ({"street": "10 High St", "unit": "Rear Annexe"}, {"house_number": "10", "street": "highst", "unit": "rearannexe"}),
    ({"house_number": "1-23"}, {"house_number": "1-23"}),
    ({"house_number": "12-3"}, {"house_number": "12-3"}),
    ({"postal_code": "sw1a 1aa"}, {"postal_code": "sw1a1aa"}),
    ({"postal_code": "SW1A1AA"}, {"postal_code": "sw1a1aa"}),
    ({"postal_code": "D-50667"}, {"postal_code": "50667"}),
    ({"postal_code": "50667"}, {"postal_code": "50667"}),
    ({"postal_code": "12345-6789"}, {"postal_code": "12345"}),
    ({"postal_code": "50667.0"}, {"postal_code": "50667"}),
    ({"postal_code": "00000"}, {"postal_code": None}),
    ({"city": "Köln"}, {"city": "koln"}),
    ({"city": "KOELN"}, {"city": "koln"}),
    ({"city": "Malmö"}, {"city": "malmo"}),
    ({"city": "Malmoe"}, {"city": "malmo"}),
    ({"city": "Århus"}, {"city": "arhus"}),
    ({"city": "Aarhus"}, {"city": "arhus"}),
    ({"city": "Saint Louis"}, {"city": "stlouis"}),
    ({"city": "St. Louis"}, {"city": "stlouis"}),
    ({"city": "Львів"}, {"city": "львів".replace("ї", "і")}),
]  # fmt: skip


def test_lines_and_columns(spark: SparkSession) -> None:
    lines: list[Case] = [
        ({"street": line}, dict(zip(("house_number", "street", "unit"), expected, strict=True)))
        for line, expected in LINES
    ]
    check(spark, [*lines, *COLUMNS])


FLATS: list[tuple[str | None, str | None, str | None]] = [
    ("5", "5", "same home"),
    ("5", None, "same home"),
    (None, None, "same home"),
    # of one flat, one of them says more
    ("5", "f2 5", "same home"),
    ("bb f2 5", "bb 5", "same home"),
    ("5", "6", "other flat"),
    ("f3 5", "f2 5", "other flat"),
    ("f2 left", "f2 right", "other flat"),
]


NUMBERS: list[tuple[str | None, str | None, str | None]] = [
    # neighbours
    ("10", "12", "other house number"),
    ("19", "21", "other house number"),
    ("101", "103", "other house number"),
    ("14", "14a", "other house number"),
    ("14a", "14b", "other house number"),
    ("1", "11", "other house number"),
    # no typo makes the one from the other
    ("18", "97", "other house number"),
    ("235", "87", "other house number"),
    # mistyped: what that is worth is learned
    ("123", "173", None),
    ("326", "3926", None),
    ("973", "9733", None),
    ("48", "84", None),
    ("235", "35", None),
]


def _levels_of_address(
    spark: SparkSession, homes: Sequence[tuple[str, str | None, str | None]], names: Sequence[str]
) -> list[str | None]:
    """Which of these levels each two homes of one street have: ``("unit" or "house_number", left, right)``."""
    [address] = [one for one in identity().comparisons if one.name == "address"]
    conditions = {level.name: level.when for level in address.levels}
    fields = ("street", "house_number", "unit", "postal_code", "city")
    record = f"STRUCT<{', '.join(f'{field}: STRING' for field in fields)}>"
    usual = {"street": "highst", "house_number": "10", "unit": None, "postal_code": "50667", "city": "koln"}
    rows = [
        (number, *[tuple((usual | {field: value}).values()) for value in (left, right)])
        for number, (field, left, right) in enumerate(homes)
    ]
    level = F.coalesce(*[F.when(F.expr(conditions[name] or ""), F.lit(name)) for name in names])
    pairs = spark.createDataFrame(rows, f"number INT, l {record}, r {record}")
    found = {row["number"]: row["level"] for row in pairs.select("number", level.alias("level")).collect()}
    return [found[number] for number in range(len(homes))]


def test_which_flats_and_house_numbers_contradict(spark: SparkSession) -> None:
    """A unit that is part of the other is no other flat, and a mistyped house number no other house."""
    cases = [("unit", *flat) for flat in FLATS] + [("house_number", *number) for number in NUMBERS]
    cases += [(field, right, left, level) for field, left, right, level in cases]
    levels = _levels_of_address(
        spark,
        [(field, left, right) for field, left, right, _ in cases],
        ["same home", "other flat", "other house number", "home with typo"],
    )
    assert levels == [level for *_, level in cases]
