"""CRM users: who the customers are."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import null_if
from customer_360.parameters import CleaningSettings
from customer_360.standardise import (
    UNKNOWN,
    coordinates,
    country_code,
    date,
    email,
    full_name,
    is_valid_email,
    person_name,
    phone,
    postal_code,
    term,
)

from .base import CARRIED, Source, not_an_object, parse_object, parse_payload, raw_struct, unreadable

_FIELDS = (
    "firstName", "lastName", "maidenName", "gender", "email", "phone", "birthDate", "address", "company",
)  # fmt: skip
_ADDRESS = ("address", "city", "state", "postalCode", "coordinates", "country")
_COMPANY = ("name", "department", "title")


def clean_crm_users(records: DataFrame, settings: CleaningSettings) -> DataFrame:
    """Type the current records of ``bronze_crm_users``.

    Args:
        records: current bronze records (``source_key, payload, run_id, ingested_at``).
        settings: shared settings of cleaning.

    Returns:
        One row per record: ``source_key``, the columns of ``silver_crm_users``, ``raw``, ``payload``,
        ``ingested_at``, ``run_id``. Latitude and longitude in degrees; ``phone`` in E.164.
    """
    holders = settings.placeholders
    typed = _raw(records, settings).select(
        "*",
        person_name(F.col("raw.given_name"), holders.of("name")).alias("given_name"),
        person_name(F.col("raw.family_name"), holders.of("name")).alias("family_name"),
        person_name(F.col("raw.maiden_name"), holders.of("name")).alias("maiden_name"),
        email(F.col("raw.email"), holders.of("email")).alias("email"),
        phone(
            F.col("raw.phone"), default_region=settings.default_region, placeholders=holders.of("phone")
        ).alias("number"),
        coordinates(F.col("raw.latitude"), F.col("raw.longitude")).alias("position"),
        country_code(F.col("raw.country"), aliases=settings.country_aliases).alias("country_code"),
    )
    genders = settings.vocabulary("gender")
    gender = term(F.col("raw.gender"), values=genders.values, synonyms=genders.synonyms)
    return typed.select(
        "source_key",
        "given_name",
        "family_name",
        "maiden_name",
        full_name(F.col("given_name"), F.col("family_name")).alias("full_name"),
        "email",
        is_valid_email(F.col("email")).alias("email_valid"),
        F.col("number.phone").alias("phone"),
        F.col("number.valid").alias("phone_valid"),
        date(F.col("raw.birth_date"), settings.date_patterns).alias("birth_date"),
        null_if(gender, F.lit(UNKNOWN)).alias("gender"),
        F.col("raw.street").alias("street"),
        F.col("raw.city").alias("city"),
        F.col("raw.region").alias("region"),
        postal_code(F.col("raw.postal_code")).alias("postal_code"),
        "country_code",
        F.col("position.latitude").alias("latitude"),
        F.col("position.longitude").alias("longitude"),
        F.col("raw.company_name").alias("company_name"),
        F.col("raw.department").alias("department"),
        F.col("raw.job_title").alias("job_title"),
        "raw",
        *CARRIED,
    )


def _raw(records: DataFrame, settings: CleaningSettings) -> DataFrame:
    user = F.col("parsed")
    nested = parse_payload(records, _FIELDS).select(
        "*",
        parse_object(user["address"], _ADDRESS).alias("place"),
        parse_object(user["company"], _COMPANY).alias("employer"),
    )
    place, employer = F.col("place"), F.col("employer")
    position = parse_object(place["coordinates"], ("lat", "lng")).alias("position")
    texts = {
        "malformed": user["malformed"],
        "unreadable": unreadable(
            user["unreadable"],
            not_an_object("address", user["address"]),
            not_an_object("address.coordinates", place["coordinates"]),
            not_an_object("company", user["company"]),
        ),
        "given_name": user["firstName"],
        "family_name": user["lastName"],
        "maiden_name": user["maidenName"],
        "gender": user["gender"],
        "email": user["email"],
        "phone": user["phone"],
        "birth_date": user["birthDate"],
        "street": place["address"],
        "city": place["city"],
        "region": place["state"],
        "postal_code": place["postalCode"],
        "country": place["country"],
        "latitude": F.col("position.lat"),
        "longitude": F.col("position.lng"),
        "company_name": employer["name"],
        "department": employer["department"],
        "job_title": employer["title"],
    }
    return nested.select("*", position).select("source_key", raw_struct(texts, settings), *CARRIED)


CRM = Source(name="crm", table="crm_users", clean=clean_crm_users)
