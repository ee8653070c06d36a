"""What a run in a notebook gives back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run did, without anybody's data; small enough for a pipeline to read.

    Attributes:
        lakehouse: root of the tables that were written.
        pipelines: what ran; empty for the whole flow.
        seconds: duration of the run.
        rows: rows of each table that the run wrote, by ``<layer>/<table>``.
        report: lines of the run report: ``source, metric, reason, records``.
        versions: Delta versions that the run has published, by ``<layer>/<table>``; none if it published none.
    """

    lakehouse: str
    pipelines: tuple[str, ...]
    seconds: float
    rows: Mapping[str, int]
    report: tuple[Mapping[str, Any], ...] = field(repr=False)
    versions: Mapping[str, int] = field(default_factory=dict, repr=False)

    def to_json(self) -> str:
        """For ``notebookutils.notebook.exit``: the numbers, and of the report what went wrong or was linked."""
        wanted = ("customers", "linked", "unlinked", "quarantined")
        content = asdict(self) | {
            "status": "succeeded",
            "report": [line for line in self.report if line["metric"] in wanted],
        }
        return json.dumps(content, sort_keys=True)

    def read(self, spark: SparkSession, table: str) -> DataFrame:
        """A table of the lakehouse as this run has published it, for example ``gold/customer_360``."""
        reader = spark.read.format("delta")
        if table in self.versions:
            reader = reader.option("versionAsOf", str(self.versions[table]))
        return reader.load(f"{self.lakehouse}/Tables/{table}")

    def show(self, spark: SparkSession, table: str) -> DataFrame:
        """A table to be displayed: as :meth:`read` gives it, values of persons masked if the run's setting says so."""
        from customer_360.privacy import masked_frame, shows_personal_values

        frame = self.read(spark, table)
        return frame if shows_personal_values() else masked_frame(frame, table)
