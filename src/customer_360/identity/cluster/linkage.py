"""Linkage inside components: persons, not chains.

Two clusters are joined while the pooled evidence of *all* pairs between them is above zero, the closest first. So one
weak pair between two strong groups does not hold them together, and neither does a chain of near misses. How
evidence is pooled: :mod:`.pooled_evidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from customer_360.identity.cluster.pooled_evidence import PairEvidence
from customer_360.identity.score import FloatArray, IntegerArray

_NUMBERS = 8_000_000  # of evidence that are worked on at once


def pooled_linkage(
    sums: FloatArray,
    score: Callable[[FloatArray], FloatArray],
    together: Callable[[FloatArray, FloatArray], FloatArray] = np.add,
) -> IntegerArray:
    """Cluster many groups of the same size at once.

    Args:
        sums: (groups, n, n, width), symmetric: evidence of each pair; the diagonal is not read. Worked on in place.
        score: bits of sums of evidence (..., width).
        together: the evidence behind two sums.

    Returns:
        (groups, n): for each member the lowest index of its cluster.
    """
    groups, n, _, _ = sums.shape
    diagonal = np.arange(n)
    scores = score(sums)
    scores[:, diagonal, diagonal] = -np.inf
    labels = np.tile(diagonal, (groups, 1))
    active = np.arange(groups)
    for _ in range(n - 1):
        flat = scores[active].reshape(len(active), n * n)
        best = flat.argmax(axis=1)
        going = flat[np.arange(len(active)), best] > 0
        active, best = active[going], best[going]
        if not len(active):
            break
        into, gone = np.minimum(best // n, best % n), np.maximum(best // n, best % n)
        merged = together(sums[active, into], sums[active, gone])
        sums[active, into], sums[active, :, into] = merged, merged
        closest = np.where(
            np.isneginf(scores[active, into]) & np.isneginf(scores[active, gone]), -np.inf, score(merged)
        )
        scores[active, into], scores[active, :, into] = closest, closest
        scores[active, gone], scores[active, :, gone] = -np.inf, -np.inf
        scores[active, into, into] = -np.inf
        labels[active] = np.where(labels[active] == gone[:, None], into[:, None], labels[active])
    return labels


@dataclass(frozen=True)
class ComponentPairs:
    """All pairs of some components, in any order; the arrays are of one length.

    Attributes:
        component: of each pair.
        left, right: its members, by their place in the component (0 to n-1).
        pattern: levels of its comparisons.
        sources: number of its pair of sources.
        override: bits that rules and decisions add; 0 where they say nothing.
    """

    component: IntegerArray
    left: IntegerArray
    right: IntegerArray
    pattern: IntegerArray
    sources: IntegerArray
    override: FloatArray

    def in_order(self) -> ComponentPairs:
        """By component and members."""
        return self.taken(np.lexsort((self.right, self.left, self.component)))

    def taken(self, rows: IntegerArray) -> ComponentPairs:
        """Some of the pairs, in this order."""
        return ComponentPairs(*(getattr(self, column.name)[rows] for column in fields(self)))


def cluster_components(
    pairs: ComponentPairs, *, evidence: PairEvidence
) -> tuple[IntegerArray, IntegerArray, IntegerArray]:
    """Cluster every component of which *all* pairs are given.

    Args:
        pairs: of the components.
        evidence: what patterns say.

    Returns:
        ``component, place, cluster`` of every member (the cluster is the place of its first member), in the
        order of component and place, small components first.
    """
    pairs = pairs.in_order()
    component = pairs.component
    starts = np.flatnonzero(np.r_[True, component[1:] != component[:-1]])
    counts = np.diff(np.r_[starts, len(component)])
    members = np.rint((1 + np.sqrt(1 + 8 * counts)) / 2).astype(np.int64)
    names, places, clusters = [], [], []
    for n in np.unique(members):
        of_size = starts[members == n]
        count, step = int(n * (n - 1) // 2), max(1, _NUMBERS // int(n * n * evidence.width))
        for begin in range(0, len(of_size), step):
            first = of_size[begin : begin + step]
            group = pairs.taken((first[:, None] + np.arange(count)).ravel())
            labels = _clusters_of_one_size(group, len(first), n, evidence)
            names.append(np.repeat(component[first], n))
            places.append(np.tile(np.arange(n), len(first)))
            clusters.append(labels.ravel())
    if not names:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    return np.concatenate(names), np.concatenate(places), np.concatenate(clusters)


def _clusters_of_one_size(
    pairs: ComponentPairs, components: int, members: int, evidence: PairEvidence
) -> IntegerArray:
    """(components, members): the cluster of each member, of components that have equally many."""
    group = np.repeat(np.arange(components), members * (members - 1) // 2)
    vectors = evidence.vectors(pairs.pattern, pairs.sources, pairs.override)
    sums = np.zeros((components, members, members, evidence.width))
    sums[group, pairs.left, pairs.right] = vectors
    sums[group, pairs.right, pairs.left] = vectors
    return pooled_linkage(sums, evidence.score, evidence.together)


def cluster_batches(batches: Iterable[object], *, evidence: PairEvidence) -> Iterator[object]:
    """For ``mapInArrow``: ``component, left, right, pattern, sources, override`` to ``component, place, cluster``.

    A partition must hold components whole.
    """
    import pyarrow as pa

    read = [batch for batch in batches if batch.num_rows]  # type: ignore[attr-defined]
    if not read:
        return
    table = pa.Table.from_batches(read)
    pairs = ComponentPairs(*(table.column(column.name).to_numpy() for column in fields(ComponentPairs)))
    names, places, clusters = cluster_components(pairs, evidence=evidence)
    yield pa.RecordBatch.from_arrays(
        [pa.array(names, pa.int64()), pa.array(places, pa.int32()), pa.array(clusters, pa.int32())],
        names=["component", "place", "cluster"],
    )
