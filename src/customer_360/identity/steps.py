"""What the steps of a resolution hand to each other: small values that name tables, so that each step can be repeated.

Each value can be written as JSON. The tables (Parquet) are beside the states of former resolutions
(:mod:`.state`), in two folders of one resolution: those that the next resolution needs, and those that only the
steps after need. A folder that no state names goes when the next state is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pyspark.sql import DataFrame, SparkSession

from customer_360.engine import Scratch
from customer_360.identity.blocking import RuleCost
from customer_360.identity.prepare import Frequencies
from customer_360.identity.state import Memory, State, View, new_state_folder
from customer_360.parameters import IdentityModel

Kind = Literal["train", "everything", "changes", "nothing"]


class Work(BaseModel):
    """What a resolution does.

    Attributes:
        kind: ``train`` (everything, with a newly trained model), ``everything`` (with the model that was there),
            ``changes`` or ``nothing``.
        why: in words.
        records: number of records.
        changed: records that came, changed or went since the last resolution.
        resolved: records that were put together anew.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    why: str
    records: int = 0
    changed: int = 0
    resolved: int = 0

    def sentence(self) -> str:
        """For people."""
        what = {
            "train": f"all {self.records:,} records resolved, model trained",
            "everything": f"all {self.records:,} records resolved with the trained model",
            "changes": f"{self.resolved:,} of {self.records:,} records resolved",
            "nothing": f"none of {self.records:,} records resolved",
        }[self.kind]
        return f"{what}: {self.why}"

    @property
    def is_full(self) -> bool:
        """Whether every record is resolved."""
        return self.kind in ("train", "everything")


@dataclass(frozen=True)
class Workplace:
    """Where and how a resolution works.

    Attributes:
        spark: the session.
        model: the identity model.
        memory: where tables are kept, and what the last resolution left there.
        scratch: where a step writes what no other step needs.
        is_remembered: whether the next resolution is to go on from this one.
    """

    spark: SparkSession
    model: IdentityModel
    memory: Memory
    scratch: Scratch
    is_remembered: bool = True

    def view(self) -> View:
        """The tables as the last resolution left them."""
        assert self.memory.state is not None
        return View(self.spark, self.memory, self.memory.state)


class Step(BaseModel):
    """What every step hands on.

    Attributes:
        schemas: of the tables that it has written, as JSON, by name.
    """

    model_config = ConfigDict(frozen=True)

    schemas: dict[str, str] = {}


class Prepared(Step):
    """Records that are to be compared, in the form in which they are.

    Tables: ``records`` (features, term frequency bins, ``source_number``), those of a full run all of them, else the
    new and changed ones; then ``different``, as :func:`customer_360.identity.incremental.differences` returns it, too.
    ``decisions`` if there may be some: ``left_source, left_key, right_source, right_key, same``.

    Attributes:
        root: folder of all tables.
        former: what the last resolution left behind; None if it is nothing or does not count.
        work: what is to be done.
        folder: of the tables that the next resolution needs.
        sources: records of each source (of a full run).
        frequencies: how common values are (of a full run).
    """

    root: str
    former: State | None = None
    work: Work
    folder: str
    sources: dict[str, int] = {}
    frequencies: dict[str, Frequencies] = {}

    @property
    def is_decided(self) -> bool:
        """Whether people may have decided about pairs."""
        return "decisions" in self.schemas

    @property
    def steps_folder(self) -> str:
        """Of the tables that only the steps after need."""
        return steps_folder(self.folder)


def nothing_to_prepare(memory: Memory) -> Prepared:
    """What the first step hands on where nothing has changed since the kept state."""
    assert memory.state is not None
    idle = Work(kind="nothing", why="no record has changed", records=memory.state.records)
    return Prepared(root=memory.root, former=memory.state, work=idle, folder=new_state_folder())


class Candidates(Step):
    """Pairs that are worth comparing.

    Tables: ``candidates`` (``l, r``, of a full run also the training mask), ``keys`` unless all pairs are compared,
    ``decided`` (``l, r, same``); of changes also ``touched`` and ``around`` (see :mod:`.incremental.changes`).

    Attributes:
        rules: what each blocking rule costs (of a full run).
    """

    rules: tuple[RuleCost, ...] = ()


class Comparisons(Step):
    """What the comparisons answer. Table ``compared``: candidates with ``sources, pattern, rule``."""


class Scores(Step):
    """Scored pairs of the records that are to be grouped.

    Tables: ``scored``; of changes also ``region`` (``rid``) and ``region_records``.
    """


class Persons(Step):
    """Persons.

    Tables, where nothing is remembered: ``clustered`` (``rid, cluster, ambiguous``).

    Attributes:
        work: what was done.
        state: for the next resolution; None where nothing is remembered.
    """

    work: Work
    state: State | None = None


class StepTables:
    """The tables that a step writes into a folder, each of them once: what follows starts from what was written.

    Attributes:
        schemas: of the tables so far, as JSON, by name.
    """

    def __init__(self, place: Workplace, folder: str) -> None:
        self._tables = place.memory.tables(folder)
        self.schemas: dict[str, str] = {}

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write the frame under this name and read it back."""
        kept = self._tables.keep(frame, name)
        self.schemas[name] = kept.schema.json()
        return kept


def steps_folder(folder: str) -> str:
    """Beside the folder of tables that the next resolution needs: of those that only further steps need."""
    return f"{folder}-steps"


def kept_table(place: Workplace, folder: str, step: Step, name: str) -> DataFrame:
    """A table that a step has written."""
    return place.memory.table(place.spark, folder, name, step.schemas[name])
