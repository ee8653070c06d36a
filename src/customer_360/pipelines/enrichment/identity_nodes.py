"""Nodes that find out who is who: from silver records to clusters, links and the model behind them."""

from __future__ import annotations

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import RunState, Scratch
from customer_360.identity import Memory, Resolution, State, latest_model, model_row, resolution_report
from customer_360.linking import RESOLVED_METHOD, resolve_records
from customer_360.parameters import IdentityModel, LinkingParameters
from customer_360.stewardship import as_pairs, joined_by

from .nodes import _nullable


def link_records(
    linking: LinkingParameters,
    identity: IdentityModel,
    *,
    scratch: Scratch,
    models: DataFrame,
    kept: RunState,
    decision_rows: DataFrame,
    run_id: str,
    run_time: datetime,
    **sources: DataFrame,
) -> dict[str, DataFrame | RunState]:
    """Resolve persons, and link the silver records of all sources (by name) to them.

    Returns:
        ``clusters`` (records of one customer each), ``unlinked``, ``links`` with their evidence, ``review`` (pairs
        that are not sure either way), ``model`` (one row: the probabilities that scored this run), ``report`` and
        ``state`` (for the next run, which resolves only what has changed).
    """
    resolution, found = resolve_records(
        sources,
        linking,
        identity,
        decided=as_pairs(decision_rows),
        trained=latest_model(models) if identity.training.reuse else None,
        scratch=scratch,
        memory=_memory(kept, models) if identity.incremental.enabled else None,
    )
    clusters = found.crosswalk.select(
        "source", "source_key", F.col("customer_id").alias("cluster_id"), "method", "confidence"
    )
    pairs = scratch.keep(resolution.pairs, "described")
    unsure = F.col("probability").between(identity.thresholds.review, 1 - identity.thresholds.review)
    links = pairs.where("same_cluster").drop("same_cluster")
    spark = pairs.sparkSession
    return {
        "clusters": _nullable(clusters),
        "unlinked": _nullable(found.unlinked),
        "links": _nullable(links.withColumn("joined_by", joined_by(identity.thresholds.link))),
        "review": _nullable(pairs.where(unsure & (F.col("method") == RESOLVED_METHOD))),
        "model": _nullable(model_row(models, resolution, run_id=run_id, run_time=run_time)),
        "report": _nullable(resolution_report(spark, resolution)),
        "state": _kept(kept, resolution),
    }


def _memory(kept: RunState, models: DataFrame) -> Memory:
    state = None if kept.text is None else State.read(kept.text)
    if state is not None:
        return Memory(kept.root, state)
    lost = f"the state of the last run is not used ({kept.lost})" if kept.lost else ""
    if kept.text is not None:
        lost = "another version of the program kept the state of the last run"
    elif not lost and not models.isEmpty():
        lost = "the state of the last run is gone, or none was kept"
    return Memory(kept.root, None, lost)


def _kept(before: RunState, resolution: Resolution) -> RunState:
    state, said = resolution.state, f"Identity: {resolution.work.sentence()}"
    if state is None:
        return RunState(before.root, said=said)
    return RunState(
        before.root, state.model_dump_json(), frozenset(state.folders()), said, number=before.number
    )
