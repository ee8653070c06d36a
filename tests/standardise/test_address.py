from __future__ import annotations

from pyspark.sql import SparkSession
from sources.bronze_frames import SETTINGS, cases

from customer_360.standardise import country_code, postal_code


def test_postal_code(spark: SparkSession) -> None:
    cases(spark, lambda text: postal_code(text, ("n/a",)), {
        " 29112 ": "29112", "sw1a  1aa": "SW1A 1AA", "01234": "01234", "N/A": None, "": None, None: None,
    })  # fmt: skip


def test_country_code(spark: SparkSession) -> None:
    cases(spark, lambda text: country_code(text, aliases=SETTINGS.country_aliases), {
        "United States": "US", "united states of america": "US", "USA": "US", "U.S.A.": "US", "us": "US",
        "UK": "GB", "United Kingdom": "GB", "England": "GB", "GBR": "GB", "DE": "DE", " germany ": "DE",
        "Federal Republic of Germany": "DE", "Côte d'Ivoire": "CI", "Bolivia": "BO",
        "Atlantis": None, "XX": None, "": None, None: None,
    })  # fmt: skip


def test_an_alias_comes_before_iso(spark: SparkSession) -> None:
    cases(spark, lambda text: country_code(text, aliases={"Georgia": "US"}), {"Georgia": "US", "GEO": "GE"})
