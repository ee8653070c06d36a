"""Small worlds of records over many runs, with a toy clustering that obeys decisions; and their tables.

Many worlds share one table: their records and clusters never meet, so that one Spark job tests them all.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from customer_360 import registry
from customer_360.schemas import CUSTOMER_CROSSWALK, IDENTITY_CLUSTERS

CLUSTERS = IDENTITY_CLUSTERS.ddl
CROSSWALK = CUSTOMER_CROSSWALK.ddl
START = datetime(2026, 1, 1, tzinfo=UTC)

Record = tuple[str, str]
Partition = dict[Record, str]


@dataclass(frozen=True)
class State:
    """One world in one run: the exact key of every record, and the decisions that count."""

    keys: dict[Record, int]
    decisions: dict[tuple[Record, Record], str] = field(default_factory=dict)

    def clusters(self) -> Partition:
        """Records of one key are one customer; then `same` joins clusters and `different` takes one out."""
        label = {record: f"k{key}" for record, key in self.keys.items()}
        for word in ("same", "different"):
            for (left, right), decision in sorted(self.decisions.items()):
                if decision != word or left not in label or right not in label:
                    continue
                if word == "same":
                    old, new = label[right], label[left]
                    label = {record: new if name == old else name for record, name in label.items()}
                elif label[left] == label[right]:
                    label[right] = f"alone{right}"
        return label


def parted(*groups: Iterable[str]) -> Partition:
    """Clusters written as `["a1", "b1"], ["c1"]`: the letter is the source, the rest the key."""
    return {(name[0], name[1:]): str(number) for number, group in enumerate(groups) for name in group}


def same_partition(left: Partition, right: Partition) -> bool:
    return left.keys() == right.keys() and len(
        set(zip(left.values(), map(right.get, left), strict=True))
    ) == len(set(left.values())) == len(set(right.values()))


class Tables:
    """Log and crosswalk of a lakehouse, in memory; a run may be killed before either of its two writes."""

    def __init__(self, spark: SparkSession, *, shuffle: int | None = None) -> None:
        self.spark = spark
        self.events: list[tuple[Any, ...]] = []
        self.crosswalk: list[tuple[Any, ...]] = []
        self.runs = 0
        self._order = random.Random(shuffle) if shuffle is not None else None

    def frame(self, rows: Sequence[tuple[Any, ...]], schema: str) -> DataFrame:
        rows = list(rows)
        if self._order:
            self._order.shuffle(rows)
        return self.spark.createDataFrame(rows, schema)

    @property
    def log(self) -> DataFrame:
        return self.frame(self.events, registry.EVENT_SCHEMA)

    def run(
        self,
        clusters: Partition,
        decisions: dict[tuple[Record, Record], str] | None = None,
        *,
        killed_after: int = 2,
    ) -> list[dict[str, Any]]:
        """One run; `killed_after` says how many of its two writes happen. Returns the events it appended."""
        self.runs += 1
        labels = [(*record, label, "key", 1.0) for record, label in clusters.items()]
        today, log = self.frame(labels, CLUSTERS), self.log
        former = self.frame(self.crosswalk, CROSSWALK)
        known = registry.known_events(log, former)
        compared = self._kept(registry.beside_former_customers(today, known))
        assignment = registry.assign_ids(compared, known)
        assignment = registry.IdAssignment(self._kept(assignment.claimed), self._kept(assignment.assigned))
        rows = [
            (word, *left, *right, "ann", START, "seen")
            for (left, right), word in sorted((decisions or {}).items())
        ]
        new = registry.new_events(
            compared, assignment, log,
            run_id=f"run{self.runs}", run_time=START + timedelta(days=self.runs),
            decisions=self.frame(rows, registry.DECISION_SCHEMA), former_crosswalk=former,
        ).collect()  # fmt: skip
        if killed_after >= 1:
            self.events += [tuple(row) for row in new]
        if killed_after >= 2:
            self.crosswalk = [tuple(row) for row in registry.crosswalk(self.log, today).collect()]
        return [row.asDict() for row in new]

    def owners(self) -> Partition:
        """The crosswalk as a dictionary; it names each record once."""
        owners = {(source, key): customer for customer, source, key, *_ in self.crosswalk}
        assert len(owners) == len(self.crosswalk), "a record is in the crosswalk twice"
        return owners

    def resolved(self) -> dict[str, tuple[str, bool]]:
        rows = registry.resolve_id(self.log).collect()
        found = {row.customer_id: (row.current_id, row.is_living) for row in rows}
        assert len(found) == len(rows), "an id resolves to more than one customer"
        return found

    def content(self) -> tuple[list[Any], list[Any]]:
        """Log without run and time, and crosswalk, in an order of their own."""
        run = [registry.EVENT_COLUMNS.index(name) for name in ("run_id", "run_time")]
        log = [tuple(v for i, v in enumerate(row) if i not in run) for row in self.events]
        return sorted(log, key=repr), sorted(self.crosswalk)

    def _kept(self, frame: DataFrame) -> DataFrame:
        """What a dataset between two nodes does."""
        return self.spark.createDataFrame([tuple(row) for row in frame.collect()], frame.schema)
