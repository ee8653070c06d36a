"""What a pull changes: the rows that the change log lacks.

Only keys are compared of what is as it was: the content of a record is looked at where its hash is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.bronze.change_log import BRONZE_COLUMNS, current_records, without_deleted
from customer_360.bronze.keys import assigned_keys, compared_sides, given_key, kind_of_key, made_up_again

# What the rows carry besides what bronze keeps.
_MARKS = ("key_kind", "key_in_doubt", "was_readable", "key_is_taken")

Keep = Callable[[DataFrame, str], DataFrame]


@dataclass(frozen=True)
class ComparedPull:
    """A pull, and what it is compared with.

    Attributes:
        records: ``payload STRING`` (one JSON record), ``origin STRING``.
        known: what the log last said of every key (:func:`.known_keys.known_keys`).
        log: the bronze table itself, for the content of records that only it can tell.
        key_field: name of the record's top-level field that holds its key (:func:`.keys.given_key`).
        keep: computes a frame once, for what follows.
        deleted_field: field by which a record says that it is deleted (:func:`.change_log.without_deleted`).
        is_complete: the records are all that the source has. False: they are those that changed, and what is missing
            is as it was; the source's keys are unique.
    """

    records: DataFrame
    known: DataFrame
    log: DataFrame
    key_field: str
    keep: Keep
    deleted_field: str | None = None
    is_complete: bool = True

    @property
    def source(self) -> DataFrame:
        """The records that are there."""
        return without_deleted(self.records, deleted_field=self.deleted_field)

    @property
    def current(self) -> DataFrame:
        """``known_hash, known_group, known_key`` of the records that were there and that the pull is about."""
        before = self.known.where(~F.col("is_gone")).select(
            F.col("payload_hash").alias("known_hash"),
            F.col("given_key").alias("known_group"),
            F.col("source_key").alias("known_key"),
        )
        if self.is_complete:
            return before
        payload = F.col("payload")
        came = self.records.select(
            given_key(payload, self.key_field).alias("known_group"), F.sha2(payload, 256).alias("known_hash")
        )
        of_key = before.join(came.select("known_group").distinct(), "known_group", "left_semi")
        alike = before.join(came.select("known_hash").distinct(), "known_hash", "left_semi")
        return of_key.unionByName(alike).distinct()

    @property
    def hashed(self) -> DataFrame:
        """``payload, origin, payload_hash`` of the records that are there."""
        return self.source.select("payload", "origin", F.sha2("payload", 256).alias("payload_hash"))


def pull_changes(pull: ComparedPull, *, run_id: str, run_time: datetime) -> DataFrame | None:
    """Compare a pull with the log: only what is new, changed or gone.

    Identical repetitions of a record collapse into one.

    Args:
        pull: the pull, and what is known.
        run_id: id of this run.
        run_time: start of this run, UTC.

    Returns:
        Kept rows of a bronze table (a deletion has neither payload nor hash), with ``key_kind`` and ``key_in_doubt``
        (:func:`.keys.assigned_keys`) of records that are there, ``was_readable`` (a record that was known before was
        one that could be read) and ``key_is_taken`` (another record has the key). ``ingested_at`` is the run's time, or
        just after the key's last row where another machine's clock was ahead: the new row must be the latest. None
        where nothing has changed.
    """
    sides = pull.keep(compared_sides(_sides(pull)), "sides")
    found = sides.agg(
        F.count(F.lit(1)).alias("rows"),
        F.count_if("several").alias("several"),
        F.count("known_key").alias("known"),
    ).collect()[0]
    if not found["rows"]:
        return None
    payloads = _payloads(pull, sides.where("several")) if found["several"] else None
    keyed = _without_clashes(assigned_keys(sides, payloads), sides, pull)
    return pull.keep(_changes(pull, keyed, sides, run_id=run_id, run_time=run_time), "changes")


def _sides(pull: ComparedPull) -> DataFrame:
    """``payload_hash, key, known_key``: records that differ, and the others of their given keys."""
    hashes = pull.hashed.withColumn("key", given_key(F.col("payload"), pull.key_field))
    now = hashes.groupBy("payload_hash").agg(F.min("key").alias("key"))
    joined = now.join(pull.current, F.col("payload_hash") == F.col("known_hash"), "full_outer")
    differs = joined.where(F.col("payload_hash").isNull() | F.col("known_hash").isNull())
    sides = differs.select("payload_hash", F.coalesce("key", "known_group").alias("key"), "known_key")
    different = pull.keep(sides, "different")
    groups = different.where(F.col("key").isNotNull()).select(F.col("key").alias("known_group")).distinct()
    gone = different.where(F.col("payload_hash").isNull()).select("known_key")
    alike = pull.current.join(groups, "known_group", "left_semi").join(gone, "known_key", "left_anti")
    stayed = alike.select(
        F.col("known_hash").alias("payload_hash"), F.col("known_group").alias("key"), "known_key"
    )
    return different.unionByName(stayed)


def _payloads(pull: ComparedPull, several: DataFrame) -> DataFrame:
    """``id, payload`` of records that only their content tells apart: new ones by hash, those that are gone by key."""
    new = several.where("is_new").select("payload_hash")
    gone = several.where("is_gone").select(F.col("known_key").alias("source_key"))
    came = pull.hashed.join(new, "payload_hash", "left_semi")
    came = came.groupBy("payload_hash").agg(F.min("payload").alias("payload"))
    went = current_records(pull.log.join(gone, "source_key", "left_semi"))
    return came.select(F.col("payload_hash").alias("id"), "payload").unionByName(
        went.select(F.col("source_key").alias("id"), "payload")
    )


def _without_clashes(keyed: DataFrame, sides: DataFrame, pull: ComparedPull) -> DataFrame:
    """A new key that a record has which this pull does not concern becomes the longer one."""
    mine = sides.where(F.col("known_key").isNotNull()).select(F.col("known_key").alias("source_key"))
    new = keyed.where("is_new").select("source_key")
    others = pull.known.where(~F.col("is_gone")).select("source_key")
    taken = others.join(new, "source_key", "left_semi").join(mine, "source_key", "left_anti")
    marked = keyed.join(taken.withColumn("is_taken", F.lit(True)), "source_key", "left")
    longer = made_up_again(F.col("key"), F.col("payload_hash"))
    text = F.when(F.col("is_new") & F.col("is_taken"), longer).otherwise(F.col("source_key"))
    renamed = marked.withColumn("source_key", text)
    return renamed.withColumn("key_kind", kind_of_key(F.col("key"), F.col("source_key"))).drop("is_taken")


def _changes(
    pull: ComparedPull, keyed: DataFrame, sides: DataFrame, *, run_id: str, run_time: datetime
) -> DataFrame:
    new = keyed.where("is_new")
    wanted = pull.hashed.join(new.select("payload_hash"), "payload_hash", "left_semi")
    records = wanted.groupBy("payload_hash").agg(
        F.min("payload").alias("payload"), F.min("origin").alias("origin")
    )
    there = new.select("source_key", "payload_hash", "key_kind", "key_in_doubt").join(records, "payload_hash")
    gone = sides.where("is_gone").select(F.col("known_key").alias("source_key"))
    missing = gone.join(keyed.select("source_key"), "source_key", "left_anti")
    pulled = there.unionByName(missing, allowMissingColumns=True)
    before = pull.known.select(
        "source_key",
        F.col("origin").alias("known_origin"),
        F.col("ingested_at").alias("known_time"),
        "is_gone",
        F.col("is_readable").alias("was_readable"),
    )
    went = gone.withColumn("went", F.lit(True))
    joined = pulled.join(before, "source_key", "left").join(went, "source_key", "left")
    moment = F.lit(run_time).cast("timestamp")
    columns = {
        "operation": _operation(),
        "origin": F.coalesce("origin", "known_origin"),
        "run_id": F.lit(run_id),
        "ingested_at": F.greatest(moment, F.col("known_time") + F.expr("INTERVAL '1' MICROSECOND")),
        "key_is_taken": ~F.coalesce("is_gone", F.lit(True)) & F.col("went").isNull(),
    }
    return joined.withColumns(columns).select(*BRONZE_COLUMNS, *_MARKS)


def _operation() -> Column:
    unknown = F.coalesce("is_gone", F.lit(True))
    return (
        F.when(F.col("payload_hash").isNull(), F.lit("delete"))
        .when(unknown, F.lit("insert"))
        .otherwise(F.lit("update"))
    )
