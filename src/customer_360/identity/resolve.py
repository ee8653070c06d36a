"""Who is who: records of persons in, links with their evidence and a cluster for every record out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.identity.ambiguity import answers, without_ambiguous
from customer_360.identity.block import RuleCost, candidate_pairs, choose_keys, random_pairs
from customer_360.identity.cluster import cluster_records
from customer_360.identity.compare import compare
from customer_360.identity.consensus import merge_by_consensus
from customer_360.identity.evidence import PairEvidence
from customer_360.identity.features import feature_names, features
from customer_360.identity.frequency import Frequencies, with_rarities
from customer_360.identity.layout import Layout
from customer_360.identity.mixture import Mixture, PatternCounts
from customer_360.identity.scoring import MATCH_WEIGHT, Scorer
from customer_360.identity.trained import TrainedModel
from customer_360.identity.training import fit
from customer_360.parameters.identity import IdentityModel
from customer_360.scratch import Scratch

_RANDOM_PER_RECORD = 100  # random pairs that a small file is looked at with
_SMALL = 1000
_KEPT = -6.0  # bits: pairs below are forgotten


@dataclass(frozen=True)
class Resolution:
    """What a resolution found.

    Attributes:
        clusters: ``source, key, cluster_id, confidence, ambiguous``: every record once. The id is a label of this
            run; the confidence is the probability of the record's best link in its cluster (1 for a record that
            is alone); an ambiguous record knew too little to choose between two persons and is alone.
        pairs: ``left_source, left_key, right_source, right_key, method, match_weight, probability, evidence,
            same_cluster``: scored pairs, the left one first by source and key. ``match_weight`` is in bits; the
            weights of the evidence add up to it but for the share of matches and what household members share.
        trained: the model's probabilities, to be kept and used again.
        rules: cost of each blocking rule; empty where all pairs of a small file were compared.
        frequencies: how common values are; ``shared`` shows identifiers that too many records have.
        records: number of records.
        matches: expected pairs of one person.
        weights: ``(comparison, level, "bits", match weight)`` of every level, bins of one level averaged.
    """

    clusters: DataFrame
    pairs: DataFrame
    trained: TrainedModel
    rules: Sequence[RuleCost]
    frequencies: Mapping[str, Frequencies]
    records: int
    matches: float
    weights: Sequence[tuple[str, str, str, float]]


def resolve(
    records: DataFrame,
    model: IdentityModel,
    scratch: Scratch,
    *,
    trained: TrainedModel | None = None,
    decisions: DataFrame | None = None,
) -> Resolution:
    """Find out which records are of one person.

    Args:
        records: ``source, key`` (unique together) and any attributes of the model.
        model: how to compare, block, score and cluster.
        scratch: where intermediate tables may be written; remove it when the result has been used.
        trained: use these probabilities instead of estimating them.
        decisions: ``left_source, left_key, right_source, right_key, same`` BOOLEAN: what people decided.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
    """
    found = scratch.keep(features(records, model), "features")
    counts = {
        row["source"]: row["n"] for row in found.groupBy("source").agg(F.count("*").alias("n")).collect()
    }
    files = _Sources(counts)
    total = sum(counts.values())
    rare, frequencies = with_rarities(found, model, total, scratch)
    known = scratch.keep(rare.withColumn("source_number", files.number_of()), "known")
    layout = Layout.of(model, frozenset([*feature_names(model), "source"]))
    costs = choose_keys(known, model.blocking, total)
    decided = None if decisions is None else _decided(decisions, known)
    pairs = candidate_pairs(known, model.blocking, costs, layout=layout, records=total, scratch=scratch)
    if decided is not None:
        pairs = _with_decided(pairs, decided)
    compared = scratch.keep(
        compare(scratch.keep(pairs, "pairs"), known, layout, model.rules, records=total), "compared"
    )
    if trained is None:
        wanted = min(model.training.random_pairs, _RANDOM_PER_RECORD * max(total, _SMALL))
        strangers = compare(random_pairs(known, wanted, total), known, layout, records=total)
        mixture = fit(
            _counted(compared), _counted(strangers), layout=layout, frequencies=frequencies, all_pairs=files.all_pairs,
            records=total, training=model.training,
        )  # fmt: skip
    else:
        mixture = trained.mixture(layout, files.pair_names, files.all_pairs, total)
    scorer = Scorer(known, model, layout, mixture, decided, total, scratch)
    scored = scratch.keep(scorer.score(compared, floor=_KEPT), "scored")
    clusters = scratch.keep(_clusters(scored, scorer), "clustered")
    return Resolution(
        clusters=_named(clusters, scored, known),
        pairs=_described(clusters, scored, scorer),
        trained=TrainedModel.of(mixture, layout, files.pair_names, files.all_pairs, total),
        rules=costs,
        frequencies=frequencies,
        records=total,
        matches=mixture.matches,
        weights=_weights(layout, mixture),
    )


def _weights(layout: Layout, mixture: Mixture) -> list[tuple[str, str, str, float]]:
    rows = []
    for comparison, codes, table in zip(layout.comparisons, layout.codes, mixture.levels, strict=True):
        for number, level in enumerate(comparison.levels):
            at = [k for k, code in enumerate(codes) if code is not None and code.level == number]
            bits = float(np.log2(table[0][at].sum() / table[2][at].sum()))
            rows.append((comparison.name, level.name, "bits", bits))
    return rows


def _clusters(scored: DataFrame, scorer: Scorer) -> DataFrame:
    """``rid, cluster, ambiguous`` of every record."""
    known, model, scratch = scorer.known, scorer.model, scorer.scratch
    threshold = float(np.log2(model.thresholds.link / (1 - model.thresholds.link)))
    links = scratch.keep(scored.where(F.col("score") > threshold).select("l", "r", "score"), "links")
    # an order of records that depends on what they say, not on how their source is called
    order = known.select("rid", "source", F.xxhash64("key", *feature_names(model)).alias("order"))
    linked = cluster_records(
        links, order, compare_pairs=scorer.compare_in_cluster, evidence=PairEvidence.of(scorer.mixture),
        clustering=model.clustering, scratch=scratch,
    )  # fmt: skip
    alone = linked.join(known.select("rid"), "rid", "right")
    every = scratch.keep(alone.select("rid", F.coalesce("cluster", "rid").alias("cluster")), "every")
    clean = list(model.clustering.one_per_person)

    def compare_pairs(pairs: DataFrame) -> DataFrame:
        compared = scorer.forbidden(scorer.compare(pairs))
        if not clean:
            return compared
        source = known.select("rid", F.when(F.col("source").isin(clean), F.col("source")).alias("clean"))
        sides = source.toDF("r", "clean_r").join(source.toDF("l", "clean_l").join(compared, "l"), "r")
        clash = F.coalesce(F.col("clean_l") == F.col("clean_r"), F.lit(False))
        return sides.withColumn("forbidden", F.col("forbidden") | clash).drop("clean_l", "clean_r")

    agreed = merge_by_consensus(
        every,
        scored,
        compare_pairs=compare_pairs,
        score_patterns=scorer.score_patterns,
        comparisons=len(scorer.layout.comparisons),
        scratch=scratch,
    )
    thin = known.where(answers(model) <= 1).select("rid")
    return without_ambiguous(scratch.keep(agreed, "agreed"), scored, thin, scorer.layout)


def _named(clusters: DataFrame, scored: DataFrame, known: DataFrame) -> DataFrame:
    """Clusters by source and key, with the probability of each record's best link inside."""
    inside = _both_in_one(clusters, scored).where("same_cluster").select("l", "r", "score")
    best = inside.select(F.col("l").alias("rid"), "score").union(inside.select("r", "score")).groupBy("rid")
    sizes = clusters.groupBy("cluster").agg(F.count("*").alias("size"))
    joined = best.agg(F.max("score").alias("score")).join(sizes.join(clusters, "cluster"), "rid", "right")
    named = joined.join(known.select("rid", "source", "key"), "rid")
    # a record that joined by the average or by consensus has no link of its own above the floor
    probability = F.when(F.col("size") == 1, F.lit(1.0)).otherwise(
        F.greatest(_probability(F.coalesce("score", F.lit(0.0))), F.lit(0.5))
    )
    return named.select(
        "source",
        "key",
        F.lower(F.hex("cluster")).alias("cluster_id"),
        probability.alias("confidence"),
        "ambiguous",
    )


def _described(clusters: DataFrame, scored: DataFrame, scorer: Scorer) -> DataFrame:
    keys = scorer.known.select("rid", "source", "key")
    left, right = keys.toDF("l", "l_source", "l_key"), keys.toDF("r", "r_source", "r_key")
    pairs = right.join(left.join(_both_in_one(clusters, scored), "l"), "r")
    earlier = F.col("l_source") < F.col("r_source")
    first = earlier | ((F.col("l_source") == F.col("r_source")) & (F.col("l_key") <= F.col("r_key")))
    weight = F.when(F.col("method") == MATCH_WEIGHT, F.col("score"))

    def side(name: str) -> list[Column]:
        one, two = ("l", "r") if name == "left" else ("r", "l")
        return [
            F.when(first, F.col(f"{one}_{part}")).otherwise(F.col(f"{two}_{part}")).alias(f"{name}_{part}")
            for part in ("source", "key")
        ]

    return pairs.select(
        *side("left"),
        *side("right"),
        "method",
        weight.alias("match_weight"),
        _probability(F.col("score")).alias("probability"),
        scorer.evidence().alias("evidence"),
        "same_cluster",
    )


def _both_in_one(clusters: DataFrame, scored: DataFrame) -> DataFrame:
    left = clusters.select(F.col("rid").alias("l"), F.col("cluster").alias("l_cluster"))
    right = clusters.select(F.col("rid").alias("r"), F.col("cluster").alias("r_cluster"))
    both = right.join(left.join(scored, "l"), "r")
    return both.withColumn("same_cluster", F.col("l_cluster") == F.col("r_cluster")).drop(
        "l_cluster", "r_cluster"
    )


def _probability(score: Column) -> Column:
    """Of a score in bits; rounded, since engines differ in the last bit of a power."""
    bounded = F.least(F.greatest(score, F.lit(-60.0)), F.lit(60.0))
    return F.round(F.lit(1.0) / (F.lit(1.0) + F.pow(F.lit(2.0), -bounded)), 6)


# -------------------------------------------------------------------------------------------------- sources
class _Sources:
    """Numbers of sources and of pairs of sources."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.number = {source: number for number, source in enumerate(sorted(counts))}
        self.all_pairs: dict[int, float] = {}
        self.pair_names: dict[int, str] = {}
        for one, n in counts.items():
            for two, m in counts.items():
                low, high = sorted((one, two))
                pair = self.number[high] * (self.number[high] + 1) // 2 + self.number[low]
                self.all_pairs[pair] = n * (n - 1) / 2 if one == two else float(n * m)
                self.pair_names[pair] = f"{low}|{high}"

    def number_of(self) -> Column:
        """Number of the record's source."""
        value = F.lit(0)
        for source, number in self.number.items():
            value = F.when(F.col("source") == source, F.lit(number)).otherwise(value)
        return value


def _counted(compared: DataFrame) -> PatternCounts:
    """Counts of patterns: their number depends on the model, not on the number of pairs."""
    rows = compared.groupBy("sources", "pattern", "free").agg(F.count("*").alias("n")).collect()
    # in order, so that sums over them come out the same to the last bit in every run and on every engine
    table = np.array(sorted((row[0], row[1], row[2], row[3]) for row in rows), dtype=np.int64).reshape(-1, 4)
    return PatternCounts(table[:, 1], table[:, 2], table[:, 0], table[:, 3].astype(float))


# ------------------------------------------------------------------------------------------------ decisions
def _decided(decisions: DataFrame, known: DataFrame) -> DataFrame:
    """``l, r, same`` of decisions whose records are there; where they contradict, different wins."""
    ids = known.select("rid", "source", "key")
    left, right = ids.toDF("a", "left_source", "left_key"), ids.toDF("b", "right_source", "right_key")
    both = decisions.join(left, ["left_source", "left_key"]).join(right, ["right_source", "right_key"])
    turned = both.where("a <> b").select(
        F.least("a", "b").alias("l"), F.greatest("a", "b").alias("r"), "same"
    )
    return turned.groupBy("l", "r").agg((F.min(F.col("same").cast("int")) == 1).alias("same"))


def _with_decided(pairs: DataFrame, decided: DataFrame) -> DataFrame:
    """Pairs that people decided on are compared even if no key blocks them; they teach the model nothing."""
    said = decided.select("l", "r", F.lit(0).alias("free"))
    return pairs.unionByName(said).groupBy("l", "r").agg(F.bit_or("free").alias("free"))
