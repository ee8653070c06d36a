"""A second look at a source in which known records are missing, before they count as deleted."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import KnownTable, given_key
from customer_360.datasets import IncompletePull, StagedSourceDataset
from customer_360.engine import Pull
from customer_360.foundation import noun
from customer_360.parameters import IngestionParameters

if TYPE_CHECKING:
    from kedro.io import DataCatalog

logger = logging.getLogger(__name__)

_SOURCE, _LOG, _KNOWN, _PARAMETERS = (
    "source_", "previous_bronze_", "previous_known_keys_", "params:ingestion",
)  # fmt: skip
_TABLES, _SCRATCH = "lakehouse_tables", "ingestion_scratch"


class SecondLookHooks:
    """Looks again, where a source can, before a node takes what is missing for deleted.

    A page that hides a record and nothing else (no other twice, the total right) can be told only by what was
    known before. Nodes are pure, so this happens between the loading of a source and the node that gets it.
    """

    @hook_impl
    def before_node_run(self, catalog: DataCatalog, inputs: dict[str, Any]) -> dict[str, Any] | None:
        """Replace a source's records, where known ones are missing from them, by those of two readings."""
        replaced = {}
        for name, pulled in inputs.items():
            table = name.removeprefix(_SOURCE)
            if table == name or f"{_LOG}{table}" not in inputs or _PARAMETERS not in inputs:
                continue
            source, pull = catalog.get(name), Pull.of(pulled)
            if not pull.is_complete:
                continue  # what is missing from it is as it was
            if isinstance(source, StagedSourceDataset) and (
                source.may_look_again or source.unfinished_record
            ):
                settings = IngestionParameters.model_validate(inputs[_PARAMETERS]).source(table)
                known = KnownTable(
                    inputs[f"{_KNOWN}{table}"],
                    inputs[f"{_LOG}{table}"],
                    inputs[_TABLES],
                    table,
                    settings.key_field,
                    inputs[_SCRATCH].keep,
                )
                records = looked_again(pull.records, known, source)
                replaced[name] = replace(pull, records=records)
        return replaced or None


def looked_again(pulled: DataFrame, known: KnownTable, source: StagedSourceDataset) -> DataFrame:
    """``pulled``, or, where known records are missing from it, what two readings of the source show together.

    Args:
        pulled: ``payload STRING, origin STRING``, every record of the source.
        known: what the log said of every key before this run.
        source: where they came from.

    Raises:
        IncompletePull: known records are missing, and the last row of the file may be half of one.

    Returns:
        ``payload, origin``: the records of the second reading, and those that only the first one has.
    """
    key = given_key(F.col("payload"), known.key_field)
    current = known.now.where(~F.col("is_gone"))
    missing = _keys(current, F.col("given_key")).join(_keys(pulled, key), "key", "left_anti")
    count = missing.count()
    _check_end(source, current, table=known.name, missing=count)
    again = source.look_again() if count else None
    if again is None:
        return pulled
    gone = missing.join(_keys(again, key), "key", "left_anti").count()
    logger.warning(
        "%s: %s known %s missing from the source; an immediate second reading has %s of them.",
        known.name,
        f"{count:,}",
        noun(count, "record was", "records were"),
        f"{count - gone:,}",
    )
    identity = F.coalesce(key, F.col("payload"))
    seen = again.select(identity.alias("identity")).distinct()
    only_first = pulled.withColumn("identity", identity).join(seen, "identity", "left_anti")
    return again.unionByName(only_first.select("payload", "origin"))


def _check_end(source: StagedSourceDataset, current: DataFrame, *, table: str, missing: int) -> None:
    """Doubt a file that ends without a line break, unless its last row is known as it is."""
    last = source.unfinished_record
    if (
        last is None
        or source.may_look_again
        or current.where(F.col("payload_hash") == F.sha2(F.lit(last), 256)).limit(1).count()
    ):
        return
    what = "its last line has no line break, and is not a known record: it may be cut short"
    if not missing:
        logger.warning("%s: %s: %s.", table, source.origin, what)
        return
    raise IncompletePull(
        f"{source.origin} lacks {missing:,} of the known records; {what}. Deliver it again. If it is whole, end it "
        "with a line break, or set final_line_break: optional. Nothing of it was kept."
    )


def _keys(records: DataFrame, key: Column) -> DataFrame:
    return records.select(key.alias("key")).where("key IS NOT NULL").distinct()
