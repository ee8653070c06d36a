"""What people provide beside the sources, checked before a run writes anything: rules, linking, decisions.

The checks themselves are those of the steps that use it. They run on tables of the right shape without any row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from pyspark.sql import DataFrame, SparkSession

from customer_360.bronze import current_records
from customer_360.datasets import StagedSourceDataset
from customer_360.identity import check_model
from customer_360.linking import check_linking
from customer_360.parameters import (
    MODELS,
    IngestionParameters,
    RunSettingsError,
    check_name,
    explain_parameters,
)
from customer_360.preflight.names import Configuration, check_columns, check_names
from customer_360.quality import check_rules
from customer_360.sources import SOURCES, DeclaredCleaning, Source, typed_records

if TYPE_CHECKING:
    from kedro.io import DataCatalog
    from pyspark.sql.types import StructType

CHECKED: dict[str, type[BaseModel]] = {one.name: MODELS[one.name] for one in fields(Configuration)}


def read_configuration(catalog: DataCatalog) -> Configuration:
    """All parameters that hold names, also of pipelines that this run does without."""
    return Configuration(**{name: parameters(catalog, name, model) for name, model in CHECKED.items()})


def parameters(catalog: DataCatalog, name: str, model: type[BaseModel]) -> Any:
    """A group of parameters; Kedro itself makes models only of those that the pipelines of this run take.

    Raises:
        RunSettingsError: a value that is not allowed.
    """
    found = catalog.load(f"params:{name}")
    if isinstance(found, model):
        return found
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise RunSettingsError(explain_parameters(f"- Parameter '{name}': {error}")) from error


def known_fields(catalog: DataCatalog) -> dict[str, Sequence[str]]:
    """Which fields the records of each table have, as far as the catalog says."""
    found = {source.table: catalog.get(f"source_{source.table}") for source in SOURCES}
    return {table: one.fields for table, one in found.items() if isinstance(one, StagedSourceDataset)}


def check_configuration(
    spark: SparkSession,
    given: Configuration,
    *,
    bronze: StructType,
    sources: Sequence[Source] = SOURCES,
    resolving: bool = True,
) -> None:
    """Check every name in the configuration; try rules and linking on silver tables without rows.

    Args:
        spark: of the run.
        given: the parameters of all pipelines, whichever run.
        bronze: schema of a change log.
        sources: all of them.
        resolving: whether the run needs the identity model, whose SQL is tried then (half a second).

    Raises:
        UnknownNameError, ProfileConfigurationError, LinkingConfigurationError: a name that stands for nothing.
        RuleError: a rule's check is no condition over the columns that it may use.
        IdentityModelError: the engine does not accept the identity model's SQL.
    """
    check_names(given, sources)
    silver = empty_silver(spark, given, bronze=bronze, sources=sources)
    check_linking(silver, given.linking)
    check_columns(given, silver)
    if resolving:
        check_model(spark, given.identity)


def empty_silver(
    spark: SparkSession, given: Configuration, *, bronze: StructType, sources: Sequence[Source] = SOURCES
) -> dict[str, DataFrame]:
    """Silver tables without rows, by source.

    Raises:
        RuleError: a rule's check is no condition over the columns that it may use.
        SourceDeclarationError: SQL of a source's file that the engine does not accept.
    """
    records = current_records(spark.createDataFrame([], bronze))
    silver: dict[str, DataFrame] = {}
    for source in sources:
        key_field = given.ingestion.source(source.table).key_field
        if isinstance(source.clean, DeclaredCleaning):
            source.clean.check(records, given.cleaning.settings)
        typed = typed_records(records, given.cleaning.settings, source=source, key_field=key_field)
        rules = given.cleaning.rules(source.name)
        silver[source.name], _ = check_rules(typed, rules, source=source.name)
    return silver


def check_key_fields(ingestion: IngestionParameters, fields: Mapping[str, Sequence[str]]) -> None:
    """Check that the fields by which records are told apart, or say that they are deleted, come at all.

    Args:
        ingestion: names them.
        fields: which fields a source's records have, by table; none where nobody knows.

    Raises:
        UnknownNameError: a field that is not among them.
    """
    for table, known in fields.items():
        settings = ingestion.source(table)
        for setting in ("key_field", "deleted_field"):
            name = getattr(settings, setting)
            if name and known and not {name, name.partition(".")[0]} & set(known):
                where = f"ingestion.sources.{table}.{setting}"
                check_name(where, f"field or column in the catalog entry source_{table}", name, known)
