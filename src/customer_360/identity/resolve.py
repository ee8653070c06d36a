"""Who is who: records of persons in, links with their evidence and a cluster for every record out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.identity.block import RuleCost, candidate_pairs, choose_keys, random_pairs
from customer_360.identity.cluster import cluster_records
from customer_360.identity.compare import compare
from customer_360.identity.consensus import merge_by_consensus
from customer_360.identity.features import feature_names, features
from customer_360.identity.frequency import Frequencies, with_rarities
from customer_360.identity.layout import Layout
from customer_360.identity.linkage import FORBIDDEN, REQUIRED
from customer_360.identity.mixture import Mixture, PatternCounts, fit
from customer_360.identity.scratch import Scratch
from customer_360.parameters.identity import IdentityModel


import os
CONS=int(os.environ.get('CONS','1'))

@dataclass(frozen=True)
class Resolution:
    """Result of a resolution."""

    clusters: DataFrame
    scored: DataFrame
    mixture: Mixture
    frequencies: Mapping[str, Frequencies]
    rules: Sequence[RuleCost]
    layout: Layout
    records: int


def resolve(records: DataFrame, model: IdentityModel, scratch: Scratch) -> Resolution:
    import time
    T=[time.time()]
    def tick(what):
        now=time.time(); print(f"   {what}: {now-T[0]:.2f}", flush=True); T[0]=now
    found = scratch.keep(features(records, model), "features"); tick("features")
    counts = {row["source"]: row["n"] for row in found.groupBy("source").agg(F.count("*").alias("n")).collect()}
    total = sum(counts.values())
    number = {source: n for n, source in enumerate(sorted(counts))}
    known, frequencies = with_rarities(found, model, total, scratch)
    source_number = F.lit(0)
    for source, n in number.items():
        source_number = F.when(F.col("source") == source, F.lit(n)).otherwise(source_number)
    known = scratch.keep(known.withColumn("source_number", source_number), "known"); tick("rarities")
    layout = Layout.of(model, frozenset([*feature_names(model), "source"]))
    costs = choose_keys(known, model.blocking, total); tick("costs")
    pairs = scratch.keep(candidate_pairs(known, model.blocking, costs, layout, total, scratch), "pairs"); tick("pairs")
    compared = scratch.keep(compare(pairs, known, layout, model.rules, records=total), "compared"); tick("compare")
    strangers = compare(random_pairs(known, model.training.random_pairs, total), known, layout, records=total)
    observed, random = _counted(compared), _counted(strangers); tick(f"count {len(observed.counts)}")
    mixture = fit(observed, random, layout=layout, frequencies=frequencies, all_pairs=_all_pairs(counts, number),
                  records=total, training=model.training); tick(f"fit {mixture.rounds}")
    scored = scratch.keep(_scored(compared, mixture, model, -6.0), "scored"); tick("scored")
    links = scratch.keep(scored.where("score > 0").select("l", "r", "score"), "links")

    def score_pairs(inside: DataFrame) -> DataFrame:
        done = scratch.keep(compare(inside, known, layout, model.rules, records=total), "inside")
        return _scored(done, mixture, model, None)

    order = known.select("rid", "source", F.xxhash64("key", *feature_names(model)).alias("order"))
    clusters = cluster_records(links, order, score_pairs, model.clustering, scratch); tick("clusters")
    every = clusters.join(known.select("rid", "source", "key"), "rid", "right").select(
        "rid", "source", "key", F.coalesce("cluster", "rid").alias("cluster")
    )
    every = scratch.keep(every, "every")
    def compare_pairs(p: DataFrame) -> DataFrame:
        return compare(p, known, layout, model.rules, records=total)
    if CONS:
      for _ in range(CONS):
        merged = merge_by_consensus(every.select("rid", "cluster"), scored, compare_pairs, lambda f: _scored(f, mixture, model, 0.0), len(layout.comparisons), scratch)
        every = scratch.keep(merged.join(known.select("rid", "source", "key"), "rid"), "every2"); tick("consensus")
    return Resolution(every, scored, mixture, frequencies, costs, layout, total)


def _all_pairs(counts: Mapping[str, int], number: Mapping[str, int]) -> dict[int, float]:
    pairs = {}
    for one, n in counts.items():
        for two, m in counts.items():
            low, high = sorted((number[one], number[two]))
            pairs[high * (high + 1) // 2 + low] = n * (n - 1) / 2 if one == two else float(n * m)
    return pairs


def _counted(compared: DataFrame) -> PatternCounts:
    grouped = compared.groupBy("sources", "pattern", "free").agg(F.count("*").alias("n"))
    rows = grouped.collect()
    table = np.array([(row[0], row[1], row[2], row[3]) for row in rows], dtype=np.int64).reshape(-1, 4)
    return PatternCounts(table[:, 1], table[:, 2], table[:, 0], table[:, 3].astype(float))


def _scored(compared: DataFrame, mixture: Mixture, model: IdentityModel, floor: float | None) -> DataFrame:
    kinds = compared.select("sources", "pattern").distinct().collect()
    table = np.array([(row[0], row[1]) for row in kinds], dtype=np.int64).reshape(-1, 2)
    if floor is None and len(table):
        scores, weights = mixture.cluster_evidence(table[:, 1], table[:, 0])
    else:
        scores = mixture.scores(table[:, 1], table[:, 0]) if len(table) else np.zeros(0)
        weights = np.ones(len(table))
    lookup = _frame(compared.sparkSession, table, scores, weights, floor)
    return lookup.join(compared, ["sources", "pattern"])


def _frame(spark: SparkSession, table: Any, scores: Any, weights: Any, floor: float | None) -> DataFrame:
    import pandas as pd
    keep = scores > floor if floor is not None else scores > -np.inf
    data = pd.DataFrame({"sources": table[keep, 0].astype("int32"), "pattern": table[keep, 1], "score": scores[keep], "weight": weights[keep]})
    return spark.createDataFrame(data, "sources INT, pattern BIGINT, score DOUBLE, weight DOUBLE")
