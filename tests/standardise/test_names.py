from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from sources.bronze_frames import SETTINGS, apply, cases

from customer_360.standardise import full_name, person_name, split_name

PLACEHOLDERS = SETTINGS.placeholders.of("name")


def clean(column: Column) -> Column:
    return person_name(column, PLACEHOLDERS)


def test_person_name(spark: SparkSession) -> None:
    cases(spark, clean, {
        "Emily": "Emily", " Emily  Rose ": "Emily Rose", "EMILY": "Emily", "emily rose": "Emily Rose",
        "O'BRIEN": "O'Brien", "o’neill": "O’Neill", "d'angelo": "D'Angelo",
        "MCDONALD": "McDonald", "mcdonald-mccoy": "McDonald-McCoy", "MC": "Mc", "MACK": "Mack",
        "SMITH-JONES": "Smith-Jones", "J.R. EWING": "J.R. Ewing", "LUDWIG VAN BEETHOVEN": "Ludwig van Beethoven",
        "VAN DER BERG": "Van der Berg", "MARIA DE LA CRUZ": "Maria de la Cruz", "VAN": "Van",
        "HENRY FORD II": "Henry Ford II", "ŁUKASIK": "Łukasik", "müller": "Müller", "ØRSTED": "Ørsted",
        "DeShawn": "DeShawn", "van der Berg": "van der Berg", "MacLeod": "MacLeod", "王": "王", "ნინო": "ნინო",
        "ßa": "ßa", "Smith,": "Smith",
        "N/A": None, "xxx": None, "No Name": None, "": None, " ": None, None: None, ",": None,
    })  # fmt: skip


def test_split_name(spark: SparkSession) -> None:
    cases(spark, split_name, {
        "Emily Johnson": ("Emily Johnson", "Emily", "Johnson"),
        "Emily Rose Johnson": ("Emily Rose Johnson", "Emily Rose", "Johnson"),
        "Johnson, Emily": ("Emily Johnson", "Emily", "Johnson"),
        "Johnson,Emily Rose": ("Emily Rose Johnson", "Emily Rose", "Johnson"),
        "Mr. James Davis": ("James Davis", "James", "Davis"),
        "Prof. Dr. Ada King": ("Ada King", "Ada", "King"),
        "James Davis Jr.": ("James Davis Jr.", "James", "Davis"),
        "James Davis, PhD": ("James Davis PhD", "James", "Davis"),
        "Davis, James III": ("James Davis III", "James", "Davis"),
        "Davis Jr., James": ("James Davis Jr.", "James", "Davis"),
        "Ludwig van Beethoven": ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        "Maria de la Cruz": ("Maria de la Cruz", "Maria", "de la Cruz"),
        "van der Berg, Anna": ("Anna van der Berg", "Anna", "van der Berg"),
        "Cher": ("Cher", "Cher", None),
        "Drew Barry": ("Drew Barry", "Drew", "Barry"),
        "a, b, c": ("a, b, c", "a, b,", "c"),
        None: (None, None, None),
    })  # fmt: skip


def test_full_name(spark: SparkSession) -> None:
    frame = spark.createDataFrame(
        [("Emily", "Johnson"), ("Emily", None), (None, "Johnson"), (None, None)],
        "given STRING, family STRING",
    )
    found = frame.select(full_name(F.col("given"), F.col("family")).alias("name")).collect()
    assert sorted(str(row.name) for row in found) == ["Emily", "Emily Johnson", "Johnson", "None"]


odd = st.text(alphabet=st.one_of(st.sampled_from(" '-.,mcMCoOßIİ"), st.characters(codec="utf-8")))


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(odd, min_size=1, max_size=60))
def test_name_twice_is_name_once(spark: SparkSession, texts: list[str]) -> None:
    once = apply(spark, clean, texts)
    assert apply(spark, clean, once) == once
    for name, parts in zip(once, apply(spark, split_name, once), strict=True):
        assert (name is None) == (parts.full_name is None)
