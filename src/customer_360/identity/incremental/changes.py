"""The steps of an incremental run: what a change touches is resolved, and nothing else.

Touched are new and changed records, those of blocks that cross the size limit, and those that people decided on
otherwise. Their pairs are compared anew. Then all records that a chain of scored pairs connects with a touched one,
or connected with it before, are grouped anew: grouping looks no further
(:mod:`customer_360.identity.cluster.grouping`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.blocking import pairs_of_decided
from customer_360.identity.cluster import connected_components, group_records
from customer_360.identity.compare import compare_pairs, layout_of
from customer_360.identity.full import named_pairs, named_records
from customer_360.identity.incremental.candidates import Blocks, candidates_of_all, touched_by_decisions
from customer_360.identity.prepare import features, with_known_frequencies
from customer_360.identity.score import FLOOR, Scorer
from customer_360.identity.state import View
from customer_360.identity.steps import (
    Candidates,
    Comparisons,
    Prepared,
    Scores,
    StepTables,
    Work,
    Workplace,
    kept_table,
)

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


def prepare_changes(different: DataFrame, place: Workplace, work: Work, folder: str) -> Prepared:
    """Bring new and changed records into the form in which they are compared, by the frequencies of the training.

    Args:
        different: as :func:`.difference.differences` returns it, kept.
        place: where and how.
        work: what is to be done.
        folder: of the tables that the next resolution needs.
    """
    view, scratch = place.view(), place.scratch
    snapshot = view.state.snapshot
    raw = different.where("kind <> 'gone'").drop("rid", "kind")
    found = scratch.keep(features(raw, place.model, keep=["fingerprint"]), "features")
    rare = with_known_frequencies(found, place.model, view.frequencies())
    numbered = rare.withColumn("source_number", snapshot.numbers().number_of())
    prepared = Prepared(root=place.memory.root, former=place.memory.state, work=work, folder=folder)
    tables = StepTables(place, prepared.steps_folder)
    tables.keep(numbered.select(*view.records().columns), "records")
    return prepared.model_copy(update={"schemas": tables.schemas})


def block_changes(place: Workplace, prepared: Prepared) -> Candidates:
    """Find the pairs with a touched record that are worth comparing, and all records that they may have to do with."""
    view, step = place.view(), _Changed(place, prepared)
    tables = StepTables(place, prepared.steps_folder)
    there = view.clusters().select("rid").join(step.gone, "rid", "left_anti")
    decided = view.decided().limit(0)
    if prepared.is_decided:
        decisions = kept_table(place, prepared.steps_folder, prepared, "decisions")
        known = there.union(step.different.where("kind = 'new'").select("rid"))
        decided = pairs_of_decided(decisions, known)
    decided = tables.keep(decided, "decided")
    by_decision = touched_by_decisions(decided, view.decided()).join(step.gone, "rid", "left_anti")
    fresh = step.records.select("rid")
    if view.state.snapshot.everybody:
        touched = tables.keep(fresh.union(by_decision.select("rid")).distinct(), "touched")
        candidates = candidates_of_all(touched, there.union(fresh))
    else:
        blocks = Blocks(view, view.state.snapshot, place.model.blocking, place.scratch)
        keys = tables.keep(blocks.keys_of(step.records), "keys")
        candidates, touched = blocks.candidates(keys, step.outdated, by_decision.select("rid"))
        # a record without any key has no pairs, but is touched
        touched = tables.keep(touched.union(fresh).distinct(), "touched")
    candidates = tables.keep(_with_decided(candidates, touched, decided), "candidates")
    moved = touched.union(step.outdated)
    tables.keep(_around(view, place.scratch, candidates.select("l", "r"), moved), "around")
    return Candidates(schemas=tables.schemas)


def compare_changes(place: Workplace, prepared: Prepared, blocked: Candidates) -> Comparisons:
    """Compare the candidates.

    Also writes ``known``: rows of ``records`` of all records that may be in the region, as they are now.
    """
    view, step = place.view(), _Changed(place, prepared)
    around = kept_table(place, prepared.steps_folder, blocked, "around")
    records = view.records()
    stay = around.select("rid").join(step.outdated, "rid", "left_anti").select("rid")
    former = records.join(stay, "rid", "left_semi").select(*records.columns)
    tables = StepTables(place, prepared.steps_folder)
    known = tables.keep(former.unionByName(step.records), "known")
    candidates = kept_table(place, prepared.steps_folder, blocked, "candidates")
    compared = compare_pairs(candidates, known, layout_of(place.model), place.model.rules, few=True)
    tables.keep(compared, "compared")
    return Comparisons(schemas=tables.schemas)


def score_changes(place: Workplace, prepared: Prepared, blocked: Candidates, compared: Comparisons) -> Scores:
    """Score what was compared, and put it beside the pairs of the region that stay as they are."""
    view, scratch, step = place.view(), place.scratch, _Changed(place, prepared)
    known = kept_table(place, prepared.steps_folder, compared, "known")
    around = kept_table(place, prepared.steps_folder, blocked, "around")
    touched = kept_table(place, prepared.steps_folder, blocked, "touched").union(step.outdated)
    pairs = kept_table(place, prepared.steps_folder, compared, "compared")
    fresh = _scorer(place, prepared, blocked, known).score(pairs, floor=FLOOR).select(*SCORED)
    fresh = scratch.keep(fresh, "scored_anew")
    before = scratch.keep(_region_before(around, touched, fresh), "region_before")
    region = before.select("rid").union(step.records.select("rid")).distinct()
    tables = StepTables(place, prepared.steps_folder)
    region = tables.keep(region.join(step.gone, "rid", "left_anti"), "region")
    tables.keep(known.join(region, "rid", "left_semi").select(*known.columns), "region_records")
    tables.keep(_scored(view, before, touched).unionByName(fresh), "scored")
    return Scores(schemas=tables.schemas)


def cluster_changes(place: Workplace, prepared: Prepared, blocked: Candidates, scored: Scores) -> Region:
    """Group the records of the region."""
    folder, step = prepared.steps_folder, _Changed(place, prepared)
    pairs, region = (kept_table(place, folder, scored, name) for name in ("scored", "region"))
    inside = kept_table(place, folder, scored, "region_records")
    grouped = group_records(pairs, _scorer(place, prepared, blocked, inside))
    clusters = place.scratch.keep(grouped, "clustered")
    named = place.scratch.keep(named_pairs(clusters, pairs, inside), "named_pairs")
    changed = step.different.select("rid", F.lit(True).alias("changed"))
    gone = region.select("rid", F.lit(False).alias("changed")).union(changed)
    return Region(
        records=step.records,
        keys=kept_table(place, folder, blocked, "keys") if "keys" in blocked.schemas else None,
        pairs=named,
        clusters=with_components(named_records(clusters, named, inside), pairs, place.scratch),
        gone=gone.groupBy("rid").agg(F.max("changed").alias("changed")),
        decided=kept_table(place, folder, blocked, "decided"),
    )


def with_components(named: DataFrame, scored: DataFrame, scratch: Scratch) -> DataFrame:
    """Add ``component`` BIGINT: the least record that a chain of scored pairs connects with the record."""
    joined = connected_components(scored.select("l", "r"), scratch).join(named, "rid", "right")
    return joined.select(
        *named.columns[:-1], F.coalesce("component", "rid").alias("component"), named.columns[-1]
    )


@dataclass(frozen=True)
class _Changed:
    """What came, changed or went."""

    place: Workplace
    prepared: Prepared

    @property
    def different(self) -> DataFrame:
        return kept_table(self.place, self.prepared.steps_folder, self.prepared, "different")

    @property
    def records(self) -> DataFrame:
        """New and changed records, as in the table ``records``."""
        return kept_table(self.place, self.prepared.steps_folder, self.prepared, "records")

    @property
    def gone(self) -> DataFrame:
        return self.different.where("kind = 'gone'").select("rid")

    @property
    def outdated(self) -> DataFrame:
        return self.different.where("kind <> 'new'").select("rid")


def _scorer(place: Workplace, prepared: Prepared, blocked: Candidates, known: DataFrame) -> Scorer:
    layout = layout_of(place.model)
    decided = kept_table(place, prepared.steps_folder, blocked, "decided") if prepared.is_decided else None
    mixture = place.view().state.snapshot.mixture(layout)
    return Scorer(known, place.model, layout, mixture, decided, place.scratch)


def _with_decided(candidates: DataFrame, touched: DataFrame, decided: DataFrame) -> DataFrame:
    """``l, r``: the candidates, and pairs with a touched record that people decided on."""
    one, other = touched.toDF("l"), touched.toDF("r")
    said = decided.select("l", "r")
    # by name: a join puts the column that it joins by first
    said = said.join(one, "l", "left_semi").unionByName(said.join(other, "r", "left_semi"))
    return candidates.unionByName(said).distinct()


def _around(view: View, scratch: Scratch, candidates: DataFrame, moved: DataFrame) -> DataFrame:
    """``rid, component`` of all records that may be in the region."""
    ends = candidates.select(F.col("l").alias("rid")).union(candidates.select("r"))
    ends = scratch.keep(ends.union(moved).distinct(), "ends")
    of_all = view.clusters().select("rid", "component")
    near = of_all.join(ends, "rid", "left_semi").select("component").distinct()
    near = scratch.keep(near, "components_around")
    return of_all.join(near, "component", "left_semi").select("rid", "component")


def _region_before(around: DataFrame, moved: DataFrame, fresh: DataFrame) -> DataFrame:
    """``rid`` of the former components that a touched record or a new pair is in."""
    seeds = fresh.select(F.col("l").alias("rid")).union(fresh.select("r")).union(moved).distinct()
    components = around.join(seeds, "rid", "left_semi").select("component").distinct()
    return around.join(components, "component", "left_semi").select("rid")


def _scored(view: View, before: DataFrame, moved: DataFrame) -> DataFrame:
    """Pairs of the region that stay as they are: :data:`SCORED`."""
    moved = moved.distinct()
    pairs = view.pairs().join(before.toDF("l"), "l", "left_semi")
    pairs = pairs.join(moved.toDF("l"), "l", "left_anti").join(moved.toDF("r"), "r", "left_anti")
    return pairs.select(*SCORED)
