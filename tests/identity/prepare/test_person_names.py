"""Names: titles, suffixes, one field with everything, letters that keyboards lack."""

from __future__ import annotations

from feature_values import check, features_of
from pyspark.sql import SparkSession

FULL: list[tuple[str, tuple[str | None, str | None, str | None]]] = [
    ("John Smith", ("john", None, "smith")),
    ("Smith, John", ("john", None, "smith")),
    ("Mr John Paul Smith", ("john", "paul", "smith")),
    ("SMITH, Mr. John Paul", ("john", "paul", "smith")),
    ("Smith, John, Jr.", ("john", None, "smith")),
    ("Smith Jr., John", ("john", None, "smith")),
    ("John Smith III", ("john", None, "smith")),
    ("John Smith, MD, PhD", ("john", None, "smith")),
    ("John Smith M.Sc.", ("john", None, "smith")),
    ("Prof. Dr.-Ing. Joerg Groesser", ("jorg", None, "grosser")),
    ("Dr. med. univ. Ute Schaefer", ("ute", None, "schafer")),
    ("Dr. med. Ute Schaefer", ("ute", None, "schafer")),
    ("Dr med Ute Schaefer", ("ute", None, "schafer")),
    ("Univ.-Prof. Dr. Ute Schaefer", ("ute", None, "schafer")),
    ("Prof. Dr. Dr. h.c. mult. Ute Schaefer", ("ute", None, "schafer")),
    ("Dipl.-Ing. Guenther Weiss", ("gunther", None, "weiss")),
    ("Dipl.-Ing. (FH) Günther Weiß", ("gunther", None, "weiss")),
    ("Mag. Guenther Weiss", ("gunther", None, "weiss")),
    ("Weiss, Dipl.-Kfm. Guenther", ("gunther", None, "weiss")),
    ("Herr Dr. Guenther Weiss", ("gunther", None, "weiss")),
    ("Aenne Koester geb. Voss", ("anne", None, "koster")),
    ("Änne Köster (geb. Voß)", ("anne", None, "koster")),
    ("Anne Koster née Voss", ("anne", None, "koster")),
    ("Muessig, Bjoern", ("bjorn", None, "mussig")),
    ("Mme Claire Dubois", ("claire", None, "dubois")),
    ("Sra. Ana Gómez", ("ana", None, "gomez")),
    # particles belong to the family name
    ("Ursula von der Leyen", ("ursula", None, "vonderleyen")),
    ("von der Leyen, Ursula", ("ursula", None, "vonderleyen")),
    ("Dr. Ursula Gertrud von der Leyen", ("ursula", "gertrud", "vonderleyen")),
    ("Jan van den Berg", ("jan", None, "vandenberg")),
    ("Berg, Jan van den", ("jan", None, "vandenberg")),
    ("Maria de la Cruz", ("maria", None, "delacruz")),
    ("García López, Maria", ("maria", None, "garcialopez")),
    # names that look like titles
    ("Max Born", ("max", None, "born")),
    ("Amartya Sen", ("amartya", None, "sen")),
    ("D. Smith", ("d", None, "smith")),
    ("M. Smith", ("m", None, "smith")),
    ("Ing Wong", ("ing", None, "wong")),
    ("Jun Ma", ("jun", None, "ma")),
    ("Madonna", ("madonna", None, None)),
    ("Олена Шевчук", ("олена", None, "шевчук")),
]

FIELDS: list[tuple[str, str, str | None]] = [
    ("given_name", " José María ", "jose"),
    ("given_name", "Dr. med. Ute", "ute"),
    ("given_name", "Prof. Dr.-Ing. Jörg", "jorg"),
    ("given_name", "Jose\u0301", "jose"),
    ("given_name", "J.R.", "j"),
    ("family_name", "O'Brien Jr.", "obrien"),
    ("family_name", "O\u2019Brien", "obrien"),
    ("family_name", "Köster geb. Voß", "koster"),
    ("family_name", "von der Leyen", "vonderleyen"),
    ("family_name", "Dr. Schaefer", "schafer"),
    ("family_name", "Mül\u00adler", "muller"),
    ("family_name", "\uff2dueller", "muller"),
]

SAME: list[tuple[str, ...]] = [
    ("Müller", "Mueller", "Muller", "MÜLLER", "Mu\u0308ller"),
    ("Größer", "Groesser", "GROESSER", "Grösser"),
    ("Weiß", "Weiss", "WEISS", "WEI\u1e9e"),
    ("Bräuer", "Braeuer"),
    ("Sørensen", "Soerensen", "Sorensen"),
    ("Kjær", "Kjaer"),
    ("Åberg", "Aaberg", "Aberg"),
    ("Muñoz", "Munoz"),
    ("Łukasz", "Lukasz"),
    ("Çelik", "Celik"),
    ("İnan", "Inan", "Inan"),
    ("Семёнов", "Семенов", "СЕМЁНОВ"),
    ("Παππάς", "ΠΑΠΠΑΣ", "Παππας"),
    ("أحمد", "احمد"),
    ("مُحَمَّد", "محمد"),
    ("김", "김"),
]

DIFFERENT: list[tuple[str, str]] = [
    ("Manuel", "Manul"), ("Samuel", "Samul"), ("Joel", "Jol"), ("Joe", "Jo"), ("Sue", "Su"), ("Bauer", "Baur"),
    ("Neuer", "Neur"), ("Miguel", "Migul"), ("Chloe", "Chlo"),
    ("Олена", "Дмитро"), ("سليم", "فاطمة"), ("小明", "丽娜"), ("민준", "서연"), ("สมชาย", "สมหญิง"), ("राम", "राम्या"),
    ("か", "が"),
]  # fmt: skip


def test_full_names_are_taken_apart(spark: SparkSession) -> None:
    names = ("given_name", "middle_name", "family_name")
    check(spark, [({"full_name": text}, dict(zip(names, parts, strict=True))) for text, parts in FULL])


def test_fields(spark: SparkSession) -> None:
    check(spark, [({name: text}, {name: expected}) for name, text, expected in FIELDS])


def test_spellings_of_one_name_are_one_and_other_names_are_others(spark: SparkSession) -> None:
    texts = sorted({name for group in [*SAME, *DIFFERENT] for name in group})
    found = features_of(spark, [{"given_name": text, "family_name": text} for text in texts])
    form = {text: (row["given_name"], row["family_name"]) for text, row in zip(texts, found, strict=True)}
    assert [group for group in SAME if len({form[text] for text in group}) > 1] == []
    assert [pair for pair in DIFFERENT if form[pair[0]] == form[pair[1]]] == []
    assert all(None not in parts for parts in form.values())
