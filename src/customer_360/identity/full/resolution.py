"""The result of resolving persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pyspark.sql import DataFrame

from customer_360.identity.blocking import RuleCost
from customer_360.identity.prepare import Frequencies
from customer_360.identity.score import TrainedModel
from customer_360.identity.state import State

Kind = Literal["train", "everything", "changes", "nothing"]


@dataclass(frozen=True)
class Work:
    """What a resolution did.

    Attributes:
        kind: ``train`` (everything, with a newly trained model), ``everything`` (with the model that was there),
            ``changes`` or ``nothing``.
        why: in words.
        records: number of records.
        changed: records that came, changed or went since the last resolution.
        resolved: records that were put together anew.
    """

    kind: Kind
    why: str
    records: int = 0
    changed: int = 0
    resolved: int = 0

    def sentence(self) -> str:
        """For people."""
        what = {
            "train": f"all {self.records:,} records resolved, model trained",
            "everything": f"all {self.records:,} records resolved with the trained model",
            "changes": f"{self.resolved:,} of {self.records:,} records resolved",
            "nothing": f"none of {self.records:,} records resolved",
        }[self.kind]
        return f"{what}: {self.why}"


EVERYTHING = Work("train", "no state of an earlier run is kept")


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
    work: Work = EVERYTHING
    state: State | None = None
