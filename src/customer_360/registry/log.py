"""The log of identity events, and what can be read from it: members, customers, and whose an old id is now.

Every row says one thing:

========== ===================================================== ============================================
event      means                                                 other_customer_id
========== ===================================================== ============================================
created    a customer begins, with this record                   none
restored   a customer that had ended begins again                none
split      a customer begins (or again), with this record        the customer that the record comes from
absorbed   this record joins the customer                        the customer that it comes from, if any
left       this record belongs to nobody any more                none
merged     the customer has become part of another               that other one
retired    the customer has no records any more                  none
forced     a steward's decision counts from now on, or no longer   customer of the decision's second record
========== ===================================================== ============================================

``sequence`` counts the runs that changed something (1, 2, ...) and orders the log; within one of them a record
moves at most once and a customer's state changes at most once. A customer merged earlier is re-pointed by a new
``merged`` row whenever its target moves on, so its last row always names today's customer: no chains.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from customer_360.registry.packed import ascending, packed, unpacked
from customer_360.schemas import IDENTITY_EVENTS

EVENT_SCHEMA = IDENTITY_EVENTS.ddl
EVENT_COLUMNS = IDENTITY_EVENTS.names

BEGINNINGS = ("created", "restored", "split")
JOININGS = (*BEGINNINGS, "absorbed")
STATES = (*BEGINNINGS, "merged", "retired")
RECORD = ("source", "source_key")


def members(events: DataFrame) -> DataFrame:
    """Who belongs to whom after the last event.

    Returns:
        ``source, source_key, customer_id, joined`` (the sequence in which the record joined its customer),
        unique by record.
    """
    latest = _moves(events).groupBy(*RECORD).agg(F.max(packed(ascending("sequence"), "to")).alias("last"))
    read = latest.select(
        *RECORD,
        unpacked("last", 1, of=2).alias("customer_id"),
        unpacked("last", 0, of=2).cast("bigint").alias("joined"),
    )
    return read.where(F.col("customer_id").isNotNull())


def customers(events: DataFrame) -> DataFrame:
    """Every id ever given.

    Returns:
        ``customer_id, status`` (``living``, ``merged`` or ``retired``), ``merged_into`` (a living or retired
        id; null unless merged), ``born`` (sequence of its first event), ``last_sequence`` (of its last).
    """
    state = packed(ascending("sequence"), "event", "other_customer_id")
    latest = (
        events.where(F.col("event").isin(*STATES))
        .groupBy("customer_id")
        .agg(F.min("sequence").alias("born"), F.max(state).alias("last"))
    )
    event = unpacked("last", 1, of=3)
    return latest.select(
        "customer_id",
        F.when(event.isin(*BEGINNINGS), F.lit("living")).otherwise(event).alias("status"),
        F.when(event == "merged", unpacked("last", 2, of=3)).alias("merged_into"),
        "born",
        unpacked("last", 0, of=3).cast("bigint").alias("last_sequence"),
    )


def resolve_id(events: DataFrame) -> DataFrame:
    """What every id ever given means today.

    Returns:
        ``customer_id`` (any id), ``current_id`` (itself, or the customer that it is part of), ``is_living``
        (false: ``current_id`` is retired).
    """
    ids = customers(events)
    retired = ids.where(F.col("status") == "retired").select(F.col("customer_id").alias("current_id"))
    pointed = ids.select("customer_id", F.coalesce("merged_into", "customer_id").alias("current_id"))
    gone = retired.withColumn("gone", F.lit(True))
    return pointed.join(gone, "current_id", "left").select(
        "customer_id", "current_id", F.col("gone").isNull().alias("is_living")
    )


def last_records(events: DataFrame, ids: DataFrame) -> DataFrame:
    """The records that each ended (merged or retired) customer had when its last ones went.

    Returns:
        ``customer_id, source, source_key, joined`` (when the record joined it), ``went`` (when it went),
        ``to`` (the customer that it went to, null if nobody's).
    """
    moves = _moves(events)
    ended = ids.where(F.col("status") != "living").select(F.col("customer_id").alias("from"))
    gone = moves.where(F.col("from").isNotNull()).join(ended, "from", "left_semi")
    by_id = Window.partitionBy("from")
    last = (
        gone.withColumn("last", F.max("sequence").over(by_id))
        .where(F.col("sequence") == F.col("last"))
        .select(*RECORD, "from", F.col("to").alias("went_to"), F.col("sequence").alias("went"))
    )
    came = moves.select(*RECORD, F.col("to").alias("from"), F.col("sequence").alias("came"))
    return (
        last.join(came, [*RECORD, "from"])
        .where(F.col("came") < F.col("went"))
        .groupBy("from", *RECORD)
        .agg(F.max("came").alias("joined"), F.max("went").alias("went"), F.max("went_to").alias("to"))
        .withColumnRenamed("from", "customer_id")
    )


def _moves(events: DataFrame) -> DataFrame:
    """``source, source_key, sequence, from, to``: every move of a record; ``to`` null where it left."""
    left = F.col("event") == "left"
    return events.where(F.col("event").isin(*JOININGS, "left")).select(
        *RECORD,
        "sequence",
        F.when(left, F.col("customer_id")).otherwise(F.col("other_customer_id")).alias("from"),
        F.when(left, F.lit(None).cast("string")).otherwise(F.col("customer_id")).alias("to"),
    )
