"""What a run leaves for the next one: a new base after a full run, what differs since after changes."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import schema_of
from customer_360.identity.full import named_pairs, named_records
from customer_360.identity.incremental.changes import Region, with_components
from customer_360.identity.incremental.plan import digests
from customer_360.identity.score import ModelSnapshot
from customer_360.identity.state import State, View, new_state_folder
from customer_360.identity.steps import Prepared, StepTables, Work, Workplace, kept_table

TABLES = ("records", "keys", "pairs", "clusters")
_KEYS = "rid BIGINT, step INT, hash BIGINT"


def keep_everything(
    place: Workplace,
    prepared: Prepared,
    snapshot: ModelSnapshot,
    *,
    scored: DataFrame,
    clustered: DataFrame,
    decided: DataFrame | None,
) -> State:
    """Write the tables of a full run that its steps have not written yet.

    Args:
        place: where and how.
        prepared: the records.
        snapshot: the model that scored.
        scored: scored pairs.
        clustered: ``rid, cluster, ambiguous``.
        decided: ``l, r, same``; None if people decided nothing.
    """
    known = kept_table(place, prepared.folder, prepared, "records")
    tables = StepTables(place, prepared.folder)
    pairs = tables.keep(named_pairs(clustered, scored, known), "pairs")
    clusters = named_records(clustered, pairs, known)
    tables.keep(with_components(clusters, scored, place.scratch), "clusters")
    if decided is not None:
        tables.keep(decided, "decided")
    before = place.memory.state if prepared.work.kind == "everything" else None
    return State(
        digests=digests(place.model, place.memory.state),
        snapshot=snapshot,
        trained_in=prepared.folder if before is None else before.trained_in,
        base=prepared.folder,
        schemas={**prepared.schemas, **tables.schemas, "keys": schema_of(_KEYS).json()},
        records=prepared.work.records,
        changes=0 if before is None else before.changes + prepared.work.changed,
    )


def keep_changes(place: Workplace, prepared: Prepared, region: Region) -> tuple[State, Work]:
    """Write what differs from the base after this run."""
    view, work = place.view(), prepared.work
    tables = place.memory.tables(prepared.folder)
    gone = place.scratch.keep(region.gone, "gone_now")
    changed = gone.where("changed").select("rid")
    fresh = {"records": region.records, "pairs": region.pairs, "clusters": region.clusters}
    if region.keys is not None:
        fresh["keys"] = region.keys
    for name, frame in fresh.items():
        out = changed if name in ("records", "keys") else gone.select("rid")
        at = "l" if name == "pairs" else "rid"
        stay = view.since(name).join(out.select(F.col("rid").alias(at)), at, "left_anti")
        tables.keep(stay.select(*frame.columns).unionByName(frame), name)
    every = view.gone().union(gone).groupBy("rid").agg(F.max("changed").alias("changed"))
    rewritten = tables.keep(every, "gone").count()
    tables.keep(region.decided, "decided")
    after = view.state.model_copy(
        update={
            "digests": digests(place.model, view.state),
            "since": prepared.folder,
            "records": work.records,
            "changes": view.state.changes + work.changed,
            "rewritten": rewritten,
        }
    )
    if rewritten > place.model.incremental.compact_above * max(1, work.records):
        after = _compacted(View(place.spark, place.memory, after))
    return after, work.model_copy(update={"resolved": gone.count()})


def _compacted(view: View) -> State:
    """The same tables as a base of their own."""
    folder = new_state_folder()
    tables = view.memory.tables(folder)
    for name in TABLES:
        if name != "keys" or not view.state.snapshot.everybody:
            tables.keep(view.table(name), name)
    tables.keep(view.decided(), "decided")
    return view.state.model_copy(update={"base": folder, "since": None, "rewritten": 0})
