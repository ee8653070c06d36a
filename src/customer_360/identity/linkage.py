"""Average linkage inside components: persons, not chains.

Two clusters are joined while the mean score over *all* their pairs is above zero, the closest first. So one
weak pair between two strong groups does not hold them together, and neither does a chain of near misses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

FORBIDDEN = -1e9  # bits of a pair that must not be of one person: no average comes back from it
REQUIRED = 1e5  # bits of a pair that must be
_CELLS = 4_000_000  # of the similarity matrices that are worked on at once

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def average_linkage(scores: Floats, weights: Floats) -> Integers:
    """Cluster many groups of the same size at once.

    Args:
        scores: (groups, n, n), symmetric, in bits; the diagonal is not read.
        weights: the same shape: what each pair counts for in an average; 0 where there is no evidence.

    Returns:
        (groups, n): for each member the lowest index of its cluster.
    """
    groups, n, _ = scores.shape
    diagonal = np.arange(n)
    weight = weights.astype(float).copy()
    weight[:, diagonal, diagonal] = 0.0
    total = scores * weight
    alive = np.ones((groups, n), dtype=bool)
    labels = np.tile(diagonal, (groups, 1))
    active = np.arange(groups)
    for _ in range(n - 1):
        known = (weight[active] > 0) & alive[active][:, :, None] & alive[active][:, None, :]
        mean = np.where(known, total[active] / np.where(known, weight[active], 1.0), -np.inf)
        flat = mean.reshape(len(active), n * n)
        best = flat.argmax(axis=1)
        going = flat[np.arange(len(active)), best] > 0
        active, best = active[going], best[going]
        if not len(active):
            break
        one, two = best // n, best % n
        into, gone = np.minimum(one, two), np.maximum(one, two)
        for matrix in (total, weight):
            merged = matrix[active, into] + matrix[active, gone]
            matrix[active, into, :] = merged
            matrix[active, :, into] = merged
            matrix[active, into, into] = 0.0
        alive[active, gone] = False
        labels[active] = np.where(labels[active] == gone[:, None], into[:, None], labels[active])
    return labels


def cluster_components(
    component: Integers, left: Integers, right: Integers, score: Floats, weight: Floats
) -> tuple[Integers, Integers, Integers]:
    """Cluster every component of which *all* pairs are given, in any order.

    Args:
        component: of each pair.
        left, right: members of each pair, by their place in the component (0 to n-1).
        score: bits of each pair.
        weight: what it counts for.

    Returns:
        ``component, place, cluster`` of every member (the cluster is the place of its first member), in the
        order of component and place.
    """
    order = np.lexsort((right, left, component))
    component, left, right = component[order], left[order], right[order]
    score, weight = score[order], weight[order]
    starts = np.flatnonzero(np.r_[True, component[1:] != component[:-1]])
    pairs = np.diff(np.r_[starts, len(component)])
    members = np.rint((1 + np.sqrt(1 + 8 * pairs)) / 2).astype(np.int64)
    names, places, clusters = [], [], []
    for n in np.unique(members):
        of_size = starts[members == n]
        count, step = int(n * (n - 1) // 2), max(1, _CELLS // int(n * n))
        for begin in range(0, len(of_size), step):
            first = of_size[begin : begin + step]
            rows = first[:, None] + np.arange(count)
            group = np.arange(len(first))[:, None]
            matrices = []
            for values in (score, weight):
                matrix = np.zeros((len(first), n, n))
                matrix[group, left[rows], right[rows]] = values[rows]
                matrix[group, right[rows], left[rows]] = values[rows]
                matrices.append(matrix)
            labels = average_linkage(*matrices)
            names.append(np.repeat(component[first], n))
            places.append(np.tile(np.arange(n), len(first)))
            clusters.append(labels.ravel())
    if not names:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    return np.concatenate(names), np.concatenate(places), np.concatenate(clusters)


def cluster_batches(batches: Iterable[object]) -> Iterator[object]:
    """For ``mapInArrow``: ``component, left, right, score, weight`` to ``component, place, cluster``.

    A partition must hold components whole.
    """
    import pyarrow as pa

    read = [batch for batch in batches if batch.num_rows]  # type: ignore[attr-defined]
    if not read:
        return
    table = pa.Table.from_batches(read)
    columns = [table.column(name).to_numpy() for name in ("component", "left", "right", "score", "weight")]
    names, places, clusters = cluster_components(*columns)
    yield pa.RecordBatch.from_arrays(
        [pa.array(names, pa.int64()), pa.array(places, pa.int32()), pa.array(clusters, pa.int32())],
        names=["component", "place", "cluster"],
    )
