"""Linkage inside components: persons, not chains.

Two clusters are joined while what *all* pairs between them say together is above zero, the closest first. So one
weak pair between two strong groups does not hold them together, and neither does a chain of near misses. What
pairs say together is :mod:`.evidence`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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


def cluster_components(
    component: IntegerArray,
    left: IntegerArray,
    right: IntegerArray,
    *,
    pattern: IntegerArray,
    sources: IntegerArray,
    override: FloatArray,
    evidence: PairEvidence,
) -> tuple[IntegerArray, IntegerArray, IntegerArray]:
    """Cluster every component of which *all* pairs are given, in any order.

    Args:
        component: of each pair.
        left, right: members of each pair, by their place in the component (0 to n-1).
        pattern: levels of its comparisons.
        sources: number of its pair of sources.
        override: bits that rules and decisions add; 0 where they say nothing.
        evidence: what patterns say.

    Returns:
        ``component, place, cluster`` of every member (the cluster is the place of its first member), in the
        order of component and place.
    """
    order = np.lexsort((right, left, component))
    component, left, right = component[order], left[order], right[order]
    pattern, sources, override = pattern[order], sources[order], override[order]
    starts = np.flatnonzero(np.r_[True, component[1:] != component[:-1]])
    pairs = np.diff(np.r_[starts, len(component)])
    members = np.rint((1 + np.sqrt(1 + 8 * pairs)) / 2).astype(np.int64)
    names, places, clusters = [], [], []
    for n in np.unique(members):
        of_size = starts[members == n]
        count, step = int(n * (n - 1) // 2), max(1, _NUMBERS // int(n * n * evidence.width))
        for begin in range(0, len(of_size), step):
            first = of_size[begin : begin + step]
            rows = (first[:, None] + np.arange(count)).ravel()
            group = np.repeat(np.arange(len(first)), count)
            vectors = evidence.vectors(pattern[rows], sources[rows], override[rows])
            sums = np.zeros((len(first), n, n, evidence.width))
            sums[group, left[rows], right[rows]] = vectors
            sums[group, right[rows], left[rows]] = vectors
            labels = pooled_linkage(sums, evidence.score, evidence.together)
            names.append(np.repeat(component[first], n))
            places.append(np.tile(np.arange(n), len(first)))
            clusters.append(labels.ravel())
    if not names:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    return np.concatenate(names), np.concatenate(places), np.concatenate(clusters)


def cluster_batches(batches: Iterable[object], *, evidence: PairEvidence) -> Iterator[object]:
    """For ``mapInArrow``: ``component, left, right, pattern, sources, override`` to ``component, place, cluster``.

    A partition must hold components whole.
    """
    import pyarrow as pa

    read = [batch for batch in batches if batch.num_rows]  # type: ignore[attr-defined]
    if not read:
        return
    table = pa.Table.from_batches(read)
    named = ("component", "left", "right", "pattern", "sources", "override")
    component, left, right, pattern, sources, override = [table.column(name).to_numpy() for name in named]
    names, places, clusters = cluster_components(
        component, left, right, pattern=pattern, sources=sources, override=override, evidence=evidence
    )
    yield pa.RecordBatch.from_arrays(
        [pa.array(names, pa.int64()), pa.array(places, pa.int32()), pa.array(clusters, pa.int32())],
        names=["component", "place", "cluster"],
    )
