"""One declared source and its way into bronze, as a run goes it: real datasets, real tables, no other pipeline."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from pyspark.sql import SparkSession
from support.beside import beside
from support.configuration import PARAMETERS

from customer_360.bronze import current_records
from customer_360.datasets import DeltaTableDataset, WatermarkDataset
from customer_360.engine import Pull
from customer_360.parameters import CleaningParameters, IngestionParameters
from customer_360.pipelines.ingestion import create_pipeline
from customer_360.sources import DeclaredSource, catalog_entry, read_declaration, with_declarations

_SILVER = {"silver": "source_key STRING", "silver_quarantine": "source STRING, source_key STRING"}


class AskedSource:
    """A source ``members`` in a lakehouse of its own.

    Args:
        spark: the engine.
        lakehouse: its root.
        said: what its file says, besides ``key: id`` and a column.

    Attributes:
        pull: what the last run's node was given.
        said: what its file says; may be changed between runs.
    """

    def __init__(self, spark: SparkSession, lakehouse: Path, **said: Any) -> None:
        self._spark, self._lakehouse, self._runs = spark, lakehouse, 0
        self.said: dict[str, Any] = {"key": "id", "columns": {"name": "name"}, "unique_keys": True, **said}
        self.pull = Pull.of(spark.createDataFrame([], "payload STRING, origin STRING"))

    def declared(self) -> DeclaredSource:
        file = "conf/base/sources/members.yml"
        found = read_declaration("members", self.said, file=file, blocked_fields=("password",))
        return DeclaredSource(name="members", file=file, declaration=found)

    def run(self, *, full_pull: bool = False, killed: bool = False) -> str:
        """Ingest it, and say how it was asked. Killed: bronze is written, and nothing after it."""
        one = self.declared()
        shared = {name: PARAMETERS[name] for name in ("cleaning", "identity", "linking", "profile")}
        ingestion = {"ingestion": {"max_deleted_share": 1.0}}
        parameters = with_declarations({**shared, **ingestion}, (one,))
        self._runs += 1
        entry = catalog_entry(
            one, lakehouse=str(self._lakehouse), blocked_fields=["password"], full_pull=full_pull
        )
        catalog = DataCatalog.from_config({"source_members": entry})
        bronze = self.bronze
        catalog["previous_bronze_members"] = DeltaTableDataset(filepath=bronze, empty_if_absent=True)
        catalog["bronze_members"] = DeltaTableDataset(filepath=bronze, mode="append")
        for name, dataset in beside(self._lakehouse, "members").items():
            catalog[name] = dataset
        if not killed:
            state = str(self._lakehouse / "Files" / "state" / "sources" / "members")
            catalog["watermark_members"] = WatermarkDataset(folder=state, bronze=bronze)
        for table, schema in (("members", _SILVER["silver"]), ("quarantine", _SILVER["silver_quarantine"])):
            frame = self._spark.createDataFrame([], schema)
            catalog[f"previous_silver_{table}"] = MemoryDataset(frame, copy_mode="assign")
        given = {
            "params:ingestion": IngestionParameters.model_validate(parameters["ingestion"]),
            "params:cleaning": CleaningParameters.model_validate(parameters["cleaning"]),
            "run_time": datetime.now(UTC),
            "run_id": f"r{self._runs}",
        }
        for name, value in given.items():
            catalog[name] = MemoryDataset(value, copy_mode="assign")
        source = catalog["source_members"]
        source.hold()
        try:
            self.pull = source.load()
            SequentialRunner().run(create_pipeline([one.source]), catalog)
        finally:
            source.release()
        return self.pull.why

    @property
    def bronze(self) -> str:
        """Folder of the bronze table."""
        return str(self._lakehouse / "Tables" / "bronze" / "members")

    def records(self) -> dict[Any, dict[str, Any]]:
        """What bronze says that the source has now, by key."""
        rows = current_records(DeltaTableDataset(filepath=self.bronze).load()).collect()
        found = [json.loads(row.payload) for row in rows]
        return {record["id"]: record for record in found}

    def log(self) -> list[tuple[str, str, str]]:
        """All rows of bronze: run, key, operation."""
        rows = DeltaTableDataset(filepath=self.bronze).load().collect()
        return sorted((row.run_id, row.source_key, row.operation) for row in rows)
