"""The result of resolving persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame

from customer_360.identity.blocking import RuleCost
from customer_360.identity.full.describe import clusters_of, level_weights, pairs_of
from customer_360.identity.prepare import Frequencies
from customer_360.identity.score import ModelSnapshot, Scorer, TrainedModel
from customer_360.identity.state import State
from customer_360.identity.steps import Work


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
        work: what was resolved, and why.
        state: what the next resolution needs in order to resolve only what changes; None where nothing was kept.
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
    work: Work
    state: State | None = None


def resolution_of(
    snapshot: ModelSnapshot,
    scorer: Scorer,
    named: DataFrame,
    pairs: DataFrame,
    *,
    work: Work,
    state: State | None = None,
) -> Resolution:
    """Put a resolution together.

    Args:
        snapshot: the model.
        scorer: knows the evidence behind patterns.
        named: as :func:`.describe.named_records` returns it.
        pairs: as :func:`.describe.named_pairs` returns it.
        work: what was done.
        state: for the next resolution.
    """
    return Resolution(
        clusters=clusters_of(named),
        pairs=pairs_of(pairs, scorer),
        trained=snapshot.trained,
        rules=snapshot.rules,
        frequencies=snapshot.frequencies,
        records=work.records,
        matches=scorer.mixture.matches,
        weights=level_weights(scorer.layout, scorer.mixture),
        work=work,
        state=state,
    )
