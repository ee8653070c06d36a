"""Resolves what a change touches, and nothing else.

Touched are new and changed records, those of blocks that cross the size limit, and those that people decided on
otherwise. Their pairs are compared anew. Then all records that a chain of scored pairs connects with a touched one,
or connected with it before, are grouped anew: grouping looks no further
(:mod:`customer_360.identity.cluster.grouping`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.blocking import pairs_of_decided
from customer_360.identity.cluster import connected_components, group_records
from customer_360.identity.compare import Layout, layout_of
from customer_360.identity.full import named_pairs, named_records
from customer_360.identity.incremental.candidates import Blocks, candidates_of_all, touched_by_decisions
from customer_360.identity.prepare import features, with_known_rarities
from customer_360.identity.score import FLOOR, Scorer
from customer_360.identity.state import View
from customer_360.parameters import IdentityModel

SCORED = ("l", "r", "sources", "pattern", "score", "method")


@dataclass(frozen=True)
class Region:
    """What was resolved anew.

    Attributes:
        records: rows of ``records`` of new and changed records.
        keys: their rows of ``keys``; None where all pairs are compared.
        pairs: rows of ``pairs`` between records of the region.
        clusters: rows of ``clusters`` of the region.
        gone: ``rid, changed``: records of the region, as it was before and as it is now, and those that are gone.
        decided: ``l, r, same``, all of them.
    """

    records: DataFrame
    keys: DataFrame | None
    pairs: DataFrame
    clusters: DataFrame
    gone: DataFrame
    decided: DataFrame


@dataclass(frozen=True)
class ChangesOnly:
    """One resolution of changes.

    Attributes:
        view: the tables so far.
        model: the identity model.
        different: as :func:`.difference.differences` returns it, kept.
        decisions: as for :func:`customer_360.identity.resolver.resolve`.
        scratch: where intermediate tables are written.
    """

    view: View
    model: IdentityModel
    different: DataFrame
    decisions: DataFrame | None
    scratch: Scratch

    def resolve(self) -> Region:
        """Find the region and group it."""
        keep = self.scratch.keep
        candidates, touched = self._candidates()
        candidates = keep(self._with_decided(candidates, touched), "candidates")
        around = keep(self._around(candidates, touched), "around")
        known = keep(self._known(around), "known_around")
        scorer = self._scorer(known)
        compared = keep(scorer.compare(candidates), "compared")
        fresh = keep(scorer.score(compared, floor=FLOOR).select(*SCORED), "scored_anew")
        before = keep(self._region_before(around, touched, fresh), "region_before")
        region = keep(
            before.select("rid").union(self._fresh_records.select("rid")).distinct()
            .join(self._gone, "rid", "left_anti"), "region",
        )  # fmt: skip
        scored = keep(self._scored(before, touched).unionByName(fresh), "scored")
        inside = keep(known.join(region, "rid", "left_semi").select(*known.columns), "known_region")
        clusters = keep(group_records(scored, self._scorer(inside)), "clustered")
        return Region(
            records=self._fresh_records,
            keys=self._fresh_keys,
            pairs=named_pairs(clusters, scored, inside),
            clusters=with_components(named_records(clusters, scored, inside), scored, self.scratch),
            gone=self._superseded(region),
            decided=self._decided,
        )

    # --------------------------------------------------------------------------------------------- what there is
    @cached_property
    def _layout(self) -> Layout:
        return layout_of(self.model)

    @cached_property
    def _gone(self) -> DataFrame:
        return self.different.where("kind = 'gone'").select("rid")

    @cached_property
    def _outdated(self) -> DataFrame:
        return self.different.where("kind <> 'new'").select("rid")

    @cached_property
    def _fresh_records(self) -> DataFrame:
        """New and changed records, as in the table ``records``."""
        frame = self.view.state.frame
        raw = self.different.where("kind <> 'gone'").drop("rid", "kind")
        found = features(raw, self.model, keep=["fingerprint"])
        known = {name: item.known for name, item in frame.frequencies.items()}
        rare = with_known_rarities(
            self.scratch.keep(found, "features"), self.model, self.view.frequencies(), known
        )
        numbered = rare.withColumn("source_number", frame.numbers().number_of())
        return self.scratch.keep(numbered.select(*self.view.records().columns), "fresh_records")

    @cached_property
    def _fresh_keys(self) -> DataFrame | None:
        frame = self.view.state.frame
        if frame.everybody:
            return None
        blocks = Blocks(self.view, frame, self.model.blocking, self.scratch)
        return self.scratch.keep(blocks.keys_of(self._fresh_records), "fresh_keys")

    @cached_property
    def _decided(self) -> DataFrame:
        if self.decisions is None:
            return self.view.decided().limit(0)
        there = self.view.clusters().select("rid").join(self._gone, "rid", "left_anti")
        there = there.union(self.different.where("kind = 'new'").select("rid"))
        return self.scratch.keep(pairs_of_decided(self.decisions, there), "decided")

    def _scorer(self, known: DataFrame) -> Scorer:
        decided = None if self.decisions is None else self._decided
        mixture = self.view.state.frame.mixture(self._layout)
        return Scorer(known, self.model, self._layout, mixture, decided, self.scratch)

    # ------------------------------------------------------------------------------------------------- the steps
    def _candidates(self) -> tuple[DataFrame, DataFrame]:
        """``l, r`` with a touched record, and ``rid`` of the touched records."""
        frame, fresh = self.view.state.frame, self._fresh_records.select("rid")
        by_hand = touched_by_decisions(self._decided, self.view.decided()).join(
            self._gone, "rid", "left_anti"
        )
        by_hand = by_hand.select("rid")
        if self._fresh_keys is None:
            touched = self.scratch.keep(fresh.union(by_hand).distinct(), "touched")
            there = self.view.clusters().select("rid").join(self._gone, "rid", "left_anti")
            return candidates_of_all(touched, there.union(fresh)), touched
        blocks = Blocks(self.view, frame, self.model.blocking, self.scratch)
        pairs, touched = blocks.candidates(self._fresh_keys, self._outdated, by_hand)
        # a record without any key has no pairs, but is touched
        return pairs, self.scratch.keep(touched.union(fresh).distinct(), "all_touched")

    def _with_decided(self, candidates: DataFrame, touched: DataFrame) -> DataFrame:
        one, other = touched.toDF("l"), touched.toDF("r")
        said = self._decided.select("l", "r")
        said = said.join(one, "l", "left_semi").union(said.join(other, "r", "left_semi"))
        return candidates.union(said.select("l", "r")).distinct()

    def _around(self, candidates: DataFrame, touched: DataFrame) -> DataFrame:
        """``rid, component`` of all records that may be in the region."""
        ends = candidates.select(F.col("l").alias("rid")).union(candidates.select("r"))
        ends = self.scratch.keep(ends.union(touched).union(self._outdated).distinct(), "ends")
        of_all = self.view.clusters().select("rid", "component")
        near = self.scratch.keep(
            of_all.join(ends, "rid", "left_semi").select("component").distinct(), "components_around"
        )
        return of_all.join(near, "component", "left_semi").select("rid", "component")

    def _known(self, around: DataFrame) -> DataFrame:
        """Rows of ``records`` of all records that may be in the region, as they are now."""
        records = self.view.records()
        stay = around.select("rid").join(self._outdated, "rid", "left_anti").select("rid")
        former = records.join(stay, "rid", "left_semi").select(*records.columns)
        return former.unionByName(self._fresh_records)

    def _region_before(self, around: DataFrame, touched: DataFrame, fresh: DataFrame) -> DataFrame:
        """``rid`` of the former components that a touched record or a new pair is in."""
        seeds = fresh.select(F.col("l").alias("rid")).union(fresh.select("r"))
        seeds = seeds.union(touched).union(self._outdated).distinct()
        components = around.join(seeds, "rid", "left_semi").select("component").distinct()
        return around.join(components, "component", "left_semi").select("rid")

    def _scored(self, before: DataFrame, touched: DataFrame) -> DataFrame:
        """Pairs of the region that stay as they are: :data:`SCORED`."""
        moved = touched.union(self._outdated).distinct()
        pairs = self.view.pairs().join(before.toDF("l"), "l", "left_semi")
        pairs = pairs.join(moved.toDF("l"), "l", "left_anti").join(moved.toDF("r"), "r", "left_anti")
        return pairs.select(*SCORED)

    def _superseded(self, region: DataFrame) -> DataFrame:
        changed = self.different.select("rid", F.lit(True).alias("changed"))
        every = region.select("rid", F.lit(False).alias("changed")).union(changed)
        return every.groupBy("rid").agg(F.max("changed").alias("changed"))


def with_components(named: DataFrame, scored: DataFrame, scratch: Scratch) -> DataFrame:
    """Add ``component`` BIGINT: the least record that a chain of scored pairs connects with the record."""
    linked = scratch.keep(connected_components(scored.select("l", "r"), scratch), "near")
    joined = linked.join(named, "rid", "right")
    return joined.select(
        *named.columns[:-1], F.coalesce("component", "rid").alias("component"), named.columns[-1]
    )
