"""What a resolution leaves behind for the next one.

Tables (Parquet, in a folder of their own for each run that wrote some):

- ``records``: ``rid, source, key, fingerprint``, features, term frequency bins, ``source_number``;
- ``keys``: ``rid, step, hash``, the blocking keys (not where all pairs of a small file are compared);
- ``pairs``: scored pairs above the floor, as :func:`customer_360.identity.full.named_pairs` returns them;
- ``clusters``: as :func:`customer_360.identity.full.named_records` returns them, with ``component``: the least
  record that a chain of scored pairs connects with the record;
- ``decided``: ``l, r, same``;
- ``frequencies``: ``term, value, n, bin, common`` of values that several records have, beside the records that the
  model was trained on.

The *base* holds them as the last whole resolution left them. Resolutions of changes write what differs *since*:
the same tables, and ``gone``: ``rid, changed``, the records whose rows in the base count no more (``changed``: also
those in ``records`` and ``keys``). A state is a small value that names folders; folders are never written twice.
So a run that is killed leaves a folder that no state names, and the state before it is as good as it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, ValidationError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from customer_360.engine import KeptTables
from customer_360.identity.prepare import FREQUENCIES, FREQUENCY_SCHEMA
from customer_360.identity.score import ModelSnapshot

FORMAT = 4
DECIDED_SCHEMA = "l BIGINT, r BIGINT, same BOOLEAN"
GONE_SCHEMA = "rid BIGINT, changed BOOLEAN"
_OF_RECORDS = ("records", "keys")


class Digests(BaseModel):
    """What a state was made with; see :func:`customer_360.identity.incremental.digests`."""

    model_config = ConfigDict(frozen=True)

    code: str
    training: str
    model: str


class State(BaseModel):
    """A resolution, as far as the next one needs to know it.

    Attributes:
        format: of the tables.
        digests: of code and configuration.
        snapshot: the trained model.
        trained_in: folder of the frequency tables.
        base: folder of the last whole resolution.
        since: folder of what changed since, None if nothing did.
        schemas: of the tables, as JSON.
        records: number of records.
        changes: records that came, changed or went since the training.
        rewritten: records whose rows in the base count no more.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    digests: Digests
    snapshot: ModelSnapshot
    trained_in: str
    base: str
    since: str | None = None
    schemas: dict[str, str]
    records: int
    changes: int = 0
    rewritten: int = 0

    @classmethod
    def read(cls, text: str) -> State | None:
        """A state from its JSON; None if another version of this program wrote it."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return None

    def folders(self) -> set[str]:
        """Names of the folders that it needs."""
        return {name for name in (self.trained_in, self.base, self.since) if name}


@dataclass(frozen=True)
class Memory:
    """Where states are kept.

    Attributes:
        root: folder of the tables, local or a URL that the engine knows; it may move with its state.
        state: what the last resolution left behind (:attr:`.Resolution.state`), None for the first one.
        lost: why there is no state although there was a resolution before, in words.
        again: why everything is resolved with the trained model, whatever has changed, in words; blank: it is not.
    """

    root: str
    state: State | None = None
    lost: str = ""
    again: str = ""

    def tables(self, folder: str) -> KeptTables:
        """The tables in one of the state's folders."""
        return KeptTables(f"{self.root.rstrip('/')}/{folder}")

    def table(self, spark: SparkSession, folder: str, name: str, schema: str) -> DataFrame:
        """One of these tables; ``schema`` as JSON, as it was when the table was written."""
        return self.tables(folder).read(spark, name, StructType.fromJson(json.loads(schema)))


def new_state_folder() -> str:
    """A name that nobody else uses."""
    return uuid4().hex


@dataclass(frozen=True)
class View:
    """The tables of a state as they are now: base, without what is gone, and what came since."""

    spark: SparkSession
    memory: Memory
    state: State

    def records(self) -> DataFrame:
        return self.table("records")

    def keys(self) -> DataFrame:
        return self.table("keys")

    def pairs(self) -> DataFrame:
        return self.table("pairs")

    def clusters(self) -> DataFrame:
        return self.table("clusters")

    def decided(self) -> DataFrame:
        return self.memory.tables(self.state.since or self.state.base).read(
            self.spark, "decided", DECIDED_SCHEMA
        )

    def frequencies(self) -> DataFrame:
        """``term, value, n, bin, common``: what the records are looked up in."""
        return self.memory.tables(self.state.trained_in).read(self.spark, FREQUENCIES, FREQUENCY_SCHEMA)

    def table(self, name: str) -> DataFrame:
        """``records``, ``keys``, ``pairs`` or ``clusters``."""
        base = self._read(self.state.base, name)
        if self.state.since is None:
            return base
        gone = self.gone()
        if name in _OF_RECORDS:
            gone = gone.where("changed")
        at = "l" if name == "pairs" else "rid"
        kept = base.join(gone.select(F.col("rid").alias(at)), at, "left_anti").select(*base.columns)
        return kept.unionByName(self.since(name))

    def since(self, name: str) -> DataFrame:
        """What came since."""
        if self.state.since is None:
            return self._read(self.state.base, name).limit(0)
        return self._read(self.state.since, name)

    def gone(self) -> DataFrame:
        """``rid, changed``: records whose rows in the base count no more."""
        if self.state.since is None:
            return self.spark.createDataFrame([], GONE_SCHEMA)
        return self.memory.tables(self.state.since).read(self.spark, "gone", GONE_SCHEMA)

    def _read(self, folder: str, name: str) -> DataFrame:
        return self.memory.table(self.spark, folder, name, self.state.schemas[name])
