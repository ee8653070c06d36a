"""Candidate pairs of touched records, block by block, as blocking the whole file would find them."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.blocking import block_keys
from customer_360.identity.score import ModelSnapshot
from customer_360.identity.state import View
from customer_360.parameters import BlockingParameters


def touched_by_decisions(decided: DataFrame, former: DataFrame) -> DataFrame:
    """``rid`` of the records about which people decide otherwise than before (``l, r, same`` both)."""
    old = former.select("l", "r", F.col("same").alias("was"))
    both = decided.join(old, ["l", "r"], "full_outer").where(~F.col("same").eqNullSafe(F.col("was")))
    return both.select(F.col("l").alias("rid")).union(both.select("r")).distinct()


def candidates_of_all(touched: DataFrame, records: DataFrame) -> DataFrame:
    """``l, r``: every pair with a touched record, for small files."""
    other = records.select(F.col("rid").alias("other"))
    return _ordered(touched.select("rid").crossJoin(other))


class Blocks:
    """The blocks that hold a touched record.

    A pair of untouched records is a candidate as before, unless a block that it shares grows over the limit, or
    falls below it: then all records of that block are touched, too.
    """

    def __init__(
        self, view: View, frame: ModelSnapshot, blocking: BlockingParameters, scratch: Scratch
    ) -> None:
        self._view, self._frame, self._scratch = view, frame, scratch
        self._most, self._blocking = blocking.max_block_size, blocking

    def keys_of(self, features: DataFrame) -> DataFrame:
        """``rid, step, hash`` of new and changed records."""
        return block_keys(features, self._blocking, self._frame.rules)

    def candidates(
        self, new_keys: DataFrame, outdated: DataFrame, also: DataFrame
    ) -> tuple[DataFrame, DataFrame]:
        """Pairs to compare.

        Args:
            new_keys: keys of new and changed records.
            outdated: ``rid`` of records whose former keys count no more: changed or gone.
            also: ``rid`` of other records that are touched.

        Returns:
            ``l, r`` of all candidates with a touched record, and ``rid`` of all touched records.
        """
        keep = self._scratch.keep
        old = self._view.keys()
        former = keep(old.join(outdated.select("rid"), "rid", "left_semi"), "former_keys")
        hashes = keep(former.select("hash").union(new_keys.select("hash")).distinct(), "touched_blocks")
        entries, crossing = self._entries(old, hashes, new_keys, outdated)
        mine = new_keys.select("rid").distinct()
        others = keep(
            crossing.union(also.select("rid")).distinct().join(mine, "rid", "left_anti"), "touched_others"
        )
        if not others.isEmpty():
            further = old.join(others, "rid", "left_semi").select("hash").distinct()
            hashes = keep(hashes.union(further).distinct(), "touched_blocks")
            entries, _ = self._entries(old, hashes, new_keys, outdated)
        touched = keep(mine.union(others), "touched")
        sizes = entries.groupBy("hash").agg(F.count("*").alias("n"))
        shared = sizes.where(F.col("n").between(2, self._most)).select("hash")
        taken = keep(entries.join(shared, "hash", "left_semi").select("hash", "rid"), "blocks")
        ours = taken.join(touched, "rid", "left_semi").select("hash", "rid")
        both = ours.join(taken.select("hash", F.col("rid").alias("other")), "hash")
        return _ordered(both), touched

    def _entries(
        self, old: DataFrame, hashes: DataFrame, new_keys: DataFrame, outdated: DataFrame
    ) -> tuple[DataFrame, DataFrame]:
        """Keys in these blocks as they are now, and ``rid`` of records in blocks that cross the limit."""
        before = self._scratch.keep(old.join(hashes, "hash", "left_semi"), "entries_before")
        stay = before.join(outdated.select("rid"), "rid", "left_anti").select("rid", "step", "hash")
        now = self._scratch.keep(stay.unionByName(new_keys.select("rid", "step", "hash")), "entries")
        was = before.groupBy("hash").agg((F.count("*") > self._most).alias("was_over"))
        is_now = now.groupBy("hash").agg((F.count("*") > self._most).alias("is_over"))
        over = was.join(is_now, "hash", "full_outer")
        crossed = over.where(
            F.coalesce("was_over", F.lit(False)) != F.coalesce("is_over", F.lit(False))
        ).select("hash")
        return now, now.join(crossed, "hash", "left_semi").select("rid").distinct()


def _ordered(pairs: DataFrame) -> DataFrame:
    return (
        pairs.where("rid <> other")
        .select(F.least("rid", "other").alias("l"), F.greatest("rid", "other").alias("r"))
        .distinct()
    )
