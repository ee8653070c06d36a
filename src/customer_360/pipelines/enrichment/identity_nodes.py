"""Nodes that find out who is who, one for each step of a resolution: from silver records to clusters and links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyspark.sql import DataFrame

from customer_360 import identity as resolution
from customer_360.engine import DerivedTables, RunState, Scratch, spark_session
from customer_360.identity import (
    Candidates,
    Comparisons,
    Memory,
    ModelSnapshot,
    Persons,
    Prepared,
    Scores,
    State,
    Workplace,
)
from customer_360.linking import (
    decided_persons,
    person_records,
)
from customer_360.parameters import IdentityModel, LinkingParameters, ReviewParameters
from customer_360.sources import Source
from customer_360.stewardship import as_pairs

from .linking_nodes import is_current, plans_of_linking
from .nodes import SILVER, by_source


def prepare_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    reviewing: ReviewParameters,
    *,
    scratch: Scratch,
    models: DataFrame,
    former: RunState,
    decision_rows: DataFrame,
    show_values: bool,
    tables: DerivedTables,
    sources: Sequence[Source],
    **silver: DataFrame,
) -> Prepared:
    """Find out how much there is to resolve, and bring those records into the form in which they are compared.

    The value names its tables, as those of all steps do; they are beside the kept state of identity.
    """
    memory = _memory(former, models) if identity.incremental.enabled else Memory(former.root)
    plans = plans_of_linking(tables, linking, identity, reviewing, sources, show_values=show_values)
    if memory.state is not None and is_current(plans, tables, identity):
        return resolution.nothing_to_prepare(memory)
    if tables.rebuild:
        memory = replace(memory, again="rebuild=true")
    place = Workplace(decision_rows.sparkSession, identity, memory, scratch)
    records = by_source(silver, SILVER)
    is_decided = not decision_rows.isEmpty()
    decided = decided_persons(as_pairs(decision_rows), records, linking) if is_decided else None
    return resolution.prepare_step(person_records(records, linking), place, decided)


def block_records(identity: IdentityModel, scratch: Scratch, records: Prepared) -> Candidates:
    """Find the pairs of records that are worth comparing."""
    return resolution.block_step(_place(identity, scratch, records), records)


def compare_candidates(
    identity: IdentityModel, scratch: Scratch, records: Prepared, candidates: Candidates
) -> Comparisons:
    """Compare these pairs, attribute by attribute."""
    return resolution.compare_step(_place(identity, scratch, records), records, candidates)


def train_model(
    identity: IdentityModel,
    *,
    scratch: Scratch,
    models: DataFrame,
    records: Prepared,
    candidates: Candidates,
    comparisons: Comparisons,
) -> ModelSnapshot:
    """Estimate what the answers of the comparisons weigh, or take the model that was there.

    Raises:
        TrainedModelError: the model to be used again belongs to other comparisons.
    """
    trained = resolution.latest_model(models) if identity.training.reuse else None
    place = _place(identity, scratch, records)
    return resolution.train_step(place, records, candidates, comparisons, trained)


def score_candidates(
    identity: IdentityModel,
    *,
    scratch: Scratch,
    records: Prepared,
    candidates: Candidates,
    comparisons: Comparisons,
    snapshot: ModelSnapshot,
) -> Scores:
    """Score the compared pairs."""
    place = _place(identity, scratch, records)
    return resolution.score_step(place, records, candidates, comparisons, snapshot)


def cluster_records(
    identity: IdentityModel,
    *,
    scratch: Scratch,
    records: Prepared,
    candidates: Candidates,
    scores: Scores,
    snapshot: ModelSnapshot,
) -> Persons:
    """Group records to persons, and write what the next run needs in order to resolve only what changes."""
    place = _place(identity, scratch, records)
    return resolution.cluster_step(place, records, candidates, scores, snapshot)


def _place(identity: IdentityModel, scratch: Scratch, records: Prepared) -> Workplace:
    return Workplace(spark_session(), identity, Memory(records.root, records.former), scratch)


def _memory(former: RunState, models: DataFrame) -> Memory:
    state = None if former.text is None else State.read(former.text)
    if state is not None:
        return Memory(former.root, state)
    lost = f"the state of the last run is not used ({former.lost})" if former.lost else ""
    if former.text is not None:
        lost = "another version of the program kept the state of the last run"
    elif not lost and not models.isEmpty():
        lost = "the state of the last run is gone, or none was kept"
    return Memory(former.root, None, lost)
