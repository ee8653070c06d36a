"""What people provide beside the sources, checked before a run writes anything: rules, linking, decisions.

The checks themselves are those of the steps that use it. They run on tables of the right shape without any row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, SparkSession

from customer_360 import quality
from customer_360.change_log import current_records
from customer_360.identity.link import check_linking
from customer_360.sources import SOURCES, Source, typed_records

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

    from customer_360.parameters.cleaning import CleaningParameters
    from customer_360.parameters.enrichment import LinkingParameters
    from customer_360.parameters.ingestion import IngestionParameters


def check_configuration(
    spark: SparkSession,
    cleaning: CleaningParameters,
    ingestion: IngestionParameters,
    linking: LinkingParameters,
    *,
    bronze: StructType,
    sources: Sequence[Source] = SOURCES,
) -> None:
    """Try rules and linking on silver tables without rows.

    Args:
        spark: of the run.
        cleaning: settings and rules.
        ingestion: which field of a record holds its key.
        linking: rules and policies.
        bronze: schema of a change log.
        sources: all of them.

    Raises:
        RuleError: a rule's check is no condition over the columns that it may use.
        LinkingConfigurationError: a source or column that is not there.
    """
    records = current_records(spark.createDataFrame([], bronze))
    silver: dict[str, DataFrame] = {}
    for source in sources:
        key_field = ingestion.source(source.table).key_field
        typed = typed_records(records, cleaning.settings, source=source, key_field=key_field)
        silver[source.name], _ = quality.check_rules(typed, cleaning.rules(source.name), source=source.name)
    check_linking(silver, linking)
