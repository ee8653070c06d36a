"""Every name in the configuration, checked before a run begins: it must stand for something that there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer_360.behaviour import PROFILE_COLUMNS
from customer_360.parameters import UnknownNameError, check_name, check_named
from customer_360.profile import check_profile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from customer_360.parameters import (
        CleaningParameters,
        IdentityModel,
        IngestionParameters,
        LinkingParameters,
        MetricsParameters,
        ProfileParameters,
    )
    from customer_360.sources import Source


@dataclass(frozen=True)
class Configuration:
    """All parameters that hold names."""

    ingestion: IngestionParameters
    cleaning: CleaningParameters
    linking: LinkingParameters
    profile: ProfileParameters
    metrics: MetricsParameters
    identity: IdentityModel


def check_names(given: Configuration, sources: Sequence[Source]) -> None:
    """Check sources, tables, attributes and terms. Columns: :func:`check_columns`.

    Args:
        given: the configuration.
        sources: all of them.

    Raises:
        UnknownNameError: naming the setting, the nearest known name and all that there are.
    """
    names, tables = [source.name for source in sources], [source.table for source in sources]
    check_named("ingestion.sources", "table", given.ingestion.sources, tables)
    check_named("cleaning.sources", "source", given.cleaning.sources, names)
    for name in given.identity.clustering.one_per_person:
        check_name("identity.clustering.one_per_person", "source", name, names)
    for name in given.identity.placeholders:
        check_name("identity.placeholders", "attribute", name, ["any", *given.identity.attributes])
    for source, attributes in given.linking.persons.items():
        for name in attributes:
            check_name(
                f"linking.persons.{source}",
                "attribute of the identity model",
                name,
                given.identity.attributes,
            )
    for attribute, items in given.profile.lineage().items():
        for item in items:
            check_name(f"profile, {attribute}", "source", item.source, names)
    for source in given.profile.keys:
        check_name("profile.keys", "source", source, names)
    if lacking := [name for name in PROFILE_COLUMNS if name not in given.profile.lineage()]:
        raise UnknownNameError(
            f"profile: the attributes {', '.join(lacking)} are missing, but gold/customer_360 always has them. Keep "
            "them; a source may leave them blank."
        )
    _check_terms(given.cleaning, given.metrics)


def _check_terms(cleaning: CleaningParameters, metrics: MetricsParameters) -> None:
    """Terms that are counted must be those that cleaning makes of what comes."""
    counted = {
        "statuses": ("ticket_status", metrics.statuses),
        "categories": ("ticket_category", metrics.categories),
        "high_priorities": ("ticket_priority", metrics.high_priorities),
    }
    known = cleaning.settings.vocabularies
    for setting, (vocabulary, terms) in counted.items():
        check_name("cleaning.settings.vocabularies", "vocabulary", vocabulary, known)
        for term in terms:
            check_name(f"metrics.{setting}", f"term of {vocabulary}", term, known[vocabulary].values)


def check_columns(given: Configuration, silver: Mapping[str, DataFrame]) -> None:
    """Check the silver columns that cleaning's ``shape`` and the profile name; linking has its own check.

    Args:
        given: the configuration.
        silver: a frame of each source's silver columns, by the source's name.

    Raises:
        UnknownNameError, ProfileConfigurationError: a column that is not there, or not of the type that it needs.
    """
    columns = {name: frame.columns for name, frame in silver.items()}
    for source in given.cleaning.sources:
        for name in given.cleaning.shape_of(source).required:
            check_name(
                f"cleaning.sources.{source}.shape.required", f"column of {source}", name, columns[source]
            )
    for group, members in given.profile.groups.items():
        for item in members.sources:
            for attribute in item.columns:
                check_name(f"profile.groups.{group}", "attribute", attribute, members.attributes)
    check_profile(silver, given.profile)
