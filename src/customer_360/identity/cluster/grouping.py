"""Scored pairs to persons, all steps: links, linkage, consensus, ambiguity.

Every step looks at nothing but the scored pairs and the records in them. So records that no chain of scored pairs
connects have no influence on each other, and a part of the file that is closed under scored pairs can be grouped
alone: :mod:`customer_360.identity.incremental` builds on that.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.identity.cluster.ambiguity import answers, without_ambiguous
from customer_360.identity.cluster.consensus import merge_by_consensus
from customer_360.identity.cluster.persons import linked_persons
from customer_360.identity.cluster.pooled_evidence import PairEvidence
from customer_360.identity.prepare import feature_names
from customer_360.identity.score import Scorer


def group_records(scored: DataFrame, scorer: Scorer) -> DataFrame:
    """Find the persons behind scored pairs.

    Args:
        scored: ``l, r, score, pattern, ...`` as :meth:`customer_360.identity.score.Scorer.score` gives them.
        scorer: scores further pairs; its records are those that are grouped.

    Returns:
        ``rid, cluster, ambiguous`` of every record.
    """
    known, model, scratch = scorer.known, scorer.model, scorer.scratch
    threshold = float(np.log2(model.thresholds.link / (1 - model.thresholds.link)))
    links = scratch.keep(scored.where(F.col("score") > threshold).select("l", "r", "score"), "links")
    # an order of records that depends on what they say, not on how their source is called
    order = known.select("rid", "source", F.xxhash64("key", *feature_names(model)).alias("order"))
    linked = linked_persons(
        links,
        order,
        compare_pairs=scorer.compare_in_cluster,
        evidence=PairEvidence.of(scorer.mixture, model.comparisons),
        clustering=model.clustering,
        scratch=scratch,
    )
    alone = linked.join(known.select("rid"), "rid", "right")
    every = scratch.keep(alone.select("rid", F.coalesce("cluster", "rid").alias("cluster")), "every")
    agreed = merge_by_consensus(
        every,
        scored,
        compare_pairs=partial(_compare_between, scorer=scorer),
        score_patterns=scorer.score_patterns,
        comparisons=len(scorer.layout.comparisons),
        scratch=scratch,
    )
    agreed = agreed.join(known.select("rid", answers(model).alias("answers")), "rid")
    return without_ambiguous(scratch.keep(agreed, "agreed"), scored, scorer.layout)


def _compare_between(pairs: DataFrame, scorer: Scorer) -> DataFrame:
    """Compare pairs between clusters; two records of a source that has one per person are ``forbidden`` too."""
    compared = scorer.forbidden(scorer.compare(pairs))
    clean = list(scorer.model.clustering.one_per_person)
    if not clean:
        return compared
    source = scorer.known.select("rid", F.when(F.col("source").isin(clean), F.col("source")).alias("clean"))
    sides = source.toDF("r", "clean_r").join(source.toDF("l", "clean_l").join(compared, "l"), "r")
    clash = F.coalesce(F.col("clean_l") == F.col("clean_r"), F.lit(False))
    return sides.withColumn("forbidden", F.col("forbidden") | clash).drop("clean_l", "clean_r")
