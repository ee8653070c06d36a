"""Nodes that find out who is who, one for each step of a resolution: from silver records to clusters and links."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360 import identity as resolution
from customer_360.engine import RunState, Scratch, spark_session
from customer_360.identity import (
    Candidates,
    Comparisons,
    Memory,
    ModelSnapshot,
    Persons,
    Prepared,
    Resolution,
    Scores,
    State,
    Workplace,
)
from customer_360.linking import (
    RESOLVED_METHOD,
    decided_persons,
    linked_to_persons,
    person_records,
)
from customer_360.parameters import IdentityModel, LinkingParameters
from customer_360.stewardship import as_pairs, joined_by

from .nodes import SILVER, _nullable, by_source


def prepare_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    *,
    scratch: Scratch,
    models: DataFrame,
    former: RunState,
    decision_rows: DataFrame,
    **silver: DataFrame,
) -> Prepared:
    """Find out how much there is to resolve, and bring those records into the form in which they are compared.

    The value names its tables, as those of all steps do; they are beside the kept state of identity.
    """
    memory = _memory(former, models) if identity.incremental.enabled else Memory(former.root)
    place = Workplace(decision_rows.sparkSession, identity, memory, scratch)
    sources = by_source(silver, SILVER)
    is_decided = not decision_rows.isEmpty()
    decided = decided_persons(as_pairs(decision_rows), sources, linking) if is_decided else None
    return resolution.prepare_step(person_records(sources, linking), place, decided)


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


def link_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    *,
    scratch: Scratch,
    models: DataFrame,
    former: RunState,
    persons: Persons,
    run_id: str,
    run_time: datetime,
    **silver: DataFrame,
) -> dict[str, DataFrame | RunState]:
    """Link the silver records of all sources (by name) to the persons.

    Returns:
        ``clusters`` (records of one customer each), ``unlinked``, ``links`` with their evidence, ``unsure`` (pairs
        that are not sure either way), ``model`` (one row: the probabilities that scored this run), ``report`` and
        ``state`` (for the next run, which resolves only what has changed).

    Raises:
        LinkingConfigurationError: a source or column that is not there.
    """
    place = Workplace(models.sparkSession, identity, Memory(former.root), scratch)
    found = resolution.remembered_resolution(place, persons)
    sources = by_source(silver, SILVER)
    linked = linked_to_persons(sources, linking, found, scratch)
    clusters = linked.crosswalk.select(
        "source", "source_key", F.col("customer_id").alias("cluster_id"), "method", "confidence"
    )
    pairs = scratch.keep(found.pairs, "described")
    return {
        "clusters": _nullable(clusters),
        "unlinked": _nullable(linked.unlinked),
        "links": _nullable(_links(pairs, identity)),
        "unsure": _nullable(_unsure(pairs, identity)),
        "model": _nullable(resolution.model_row(models, found, run_id=run_id, run_time=run_time)),
        "report": _nullable(resolution.resolution_report(models.sparkSession, found)),
        "state": _state_after(former, found, is_kept=identity.incremental.enabled),
    }


def _links(pairs: DataFrame, identity: IdentityModel) -> DataFrame:
    """The pairs whose records are of one customer, and what joined each."""
    links = pairs.where("same_cluster").drop("same_cluster")
    return links.withColumn("joined_by", joined_by(identity.thresholds.link))


def _unsure(pairs: DataFrame, identity: IdentityModel) -> DataFrame:
    """The pairs that are not sure either way."""
    thresholds = identity.thresholds
    is_unsure = F.col("probability").between(thresholds.review, 1 - thresholds.review)
    return pairs.where(is_unsure & (F.col("method") == RESOLVED_METHOD))


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


def _state_after(former: RunState, found: Resolution, *, is_kept: bool) -> RunState:
    state, summary = found.state, f"Identity: {found.work.sentence()}"
    if state is None or not is_kept:
        return RunState(former.root, summary=summary)
    return RunState(
        former.root, state.model_dump_json(), frozenset(state.folders()), summary, number=former.number
    )
