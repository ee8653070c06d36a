"""Keep the ids: from the clusters of a run to the rows that the log lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.registry.assign import assign
from customer_360.registry.claims import claimed_clusters, claims, winners
from customer_360.registry.events import SHAPE, ending_events, record_events, shaped
from customer_360.registry.former_customers import customers_so_far
from customer_360.registry.log import EVENT_COLUMNS, RECORD, customers, last_records, members
from customer_360.registry.overrides import DECISION_SCHEMA, changed_decisions, explained, override_events
from customer_360.registry.packed import packed

_ID_DIGITS = 24


@dataclass(frozen=True)
class IdAssignment:
    """Where ids and clusters meet.

    Attributes:
        claimed: the cluster of every id that has a claim to one (:func:`.claims.claimed_clusters`).
        assigned: the id of every cluster in which something changed (:func:`.assign.assign`).
    """

    claimed: DataFrame
    assigned: DataFrame


def beside_former_customers(clusters: DataFrame, log: DataFrame) -> DataFrame:
    """First step: each record's customer so far beside its cluster of today.

    See :func:`.former_customers.customers_so_far`.

    Args:
        clusters: ``source, source_key, cluster_id``, one row per record that belongs to a customer.
        log: the log so far, as :func:`known_events` returns it.
    """
    return customers_so_far(members(log), clusters)


def assign_ids(compared: DataFrame, log: DataFrame) -> IdAssignment:
    """Second step: which cluster each id goes to, and the new ids of the others."""
    ids = customers(log)
    claimed = claimed_clusters(claims(compared, ids, last_records(log, ids)))
    return IdAssignment(claimed, assign(compared, winners(claimed), ids, sequence=_next_sequence(log)))


def new_events(
    compared: DataFrame,
    assignment: IdAssignment,
    events: DataFrame,
    *,
    run_id: str,
    run_time: datetime,
    decisions: DataFrame | None = None,
    former_crosswalk: DataFrame | None = None,
) -> DataFrame:
    """Third step: what is to be appended to the log; nothing where nothing changed.

    The same clusters over a log that holds these events already give no events, so the append may be repeated.

    Args:
        compared: the result of :func:`beside_former_customers`.
        assignment: the result of :func:`assign_ids`.
        events: the log so far, the columns of :data:`.log.EVENT_SCHEMA`.
        run_id: id of this run.
        run_time: its start, UTC.
        decisions: decisions of stewards that the clusters obey, the columns of :data:`.overrides.DECISION_SCHEMA`.
        former_crosswalk: as for :func:`known_events`.

    Returns:
        Rows of :data:`.log.EVENT_SCHEMA`.
    """
    log = known_events(events, former_crosswalk)
    if decisions is None:
        decisions = events.sparkSession.createDataFrame([], DECISION_SCHEMA)
    happened = _happened(compared, assignment, log, decisions)
    sequence = _next_sequence(log)
    parts = [_complete(frame, sequence) for frame in happened]
    if former_crosswalk is not None and _last_sequence(events) is None:
        parts.append(adopted(former_crosswalk))
    # one flat union: Sail 0.7 loses columns where a projection lies between two unions
    run = {"run_id": F.lit(run_id), "run_time": F.lit(run_time).cast("timestamp")}
    return reduce(DataFrame.unionAll, [part.withColumns(run).select(*EVENT_COLUMNS) for part in parts])


def _happened(
    compared: DataFrame, assignment: IdAssignment, log: DataFrame, decisions: DataFrame
) -> list[DataFrame]:
    """What happened to records, to customers and to decisions, still without number and run."""
    changed = changed_decisions(log, decisions)
    joined, apart = explained(changed, compared)
    return [
        record_events(compared, assignment.assigned, apart),
        ending_events(assignment.assigned, assignment.claimed, customers(log), joined),
        override_events(changed, compared, assignment.assigned),
    ]


def known_events(events: DataFrame, former_crosswalk: DataFrame | None = None) -> DataFrame:
    """The log, or while it is empty what a crosswalk from before there was a log amounts to.

    Args:
        events: the log so far, the columns of :data:`.log.EVENT_SCHEMA`.
        former_crosswalk: ``customer_id, source, source_key``.
    """
    if former_crosswalk is None or _last_sequence(events) is not None:
        return events
    nobody = {"run_id": F.lit(None).cast("string"), "run_time": F.lit(None).cast("timestamp")}
    return adopted(former_crosswalk).withColumns(nobody).select(*EVENT_COLUMNS)


def crosswalk(events: DataFrame, clusters: DataFrame) -> DataFrame:
    """Today's customer of every record: a projection of the log.

    Args:
        events: the log, this run's events included.
        clusters: ``source, source_key, method, confidence``.

    Returns:
        ``customer_id, source, source_key, method, confidence``.
    """
    held = members(events).select("customer_id", *RECORD)
    return held.join(clusters.select(*RECORD, "method", "confidence"), [*RECORD]).select(
        "customer_id", *RECORD, "method", "confidence"
    )


def _last_sequence(events: DataFrame) -> int | None:
    latest: int | None = events.agg(F.max("sequence").alias("latest")).collect()[0]["latest"]
    return latest


def _next_sequence(log: DataFrame) -> int:
    return (_last_sequence(log) or 0) + 1


def adopted(crosswalk: DataFrame) -> DataFrame:
    """A crosswalk from before there was a log, as its first events (without run)."""
    first = crosswalk.groupBy("customer_id").agg(F.min(packed(*RECORD)).alias("first"))
    is_first = F.col("first") == packed(*RECORD)
    happened = shaped(
        crosswalk.join(first, "customer_id"),
        event=F.when(is_first, F.lit("created")).otherwise(F.lit("absorbed")),
        customer_id=F.col("customer_id"),
        source=F.col("source"),
        source_key=F.col("source_key"),
        reason=F.lit("taken over from the crosswalk"),
    )
    return _complete(happened, 1)


def _complete(happened: DataFrame, sequence: int) -> DataFrame:
    """Number and id. The id depends on what happened and when in the log, not on the run."""
    said = [F.coalesce(F.col(name), F.lit("")) for name in SHAPE if name != "reason"]
    digest = F.sha2(F.concat_ws("\u001f", F.lit(str(sequence)), *said), 256)
    return happened.withColumns(
        {"event_id": F.substring(digest, 1, _ID_DIGITS), "sequence": F.lit(sequence).cast("bigint")}
    )
