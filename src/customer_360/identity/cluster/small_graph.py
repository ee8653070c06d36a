"""Connected components of a graph that one task can hold: arrays of numbers, and no rounds through the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from pyspark.sql import DataFrame

from customer_360.identity.score import FloatArray, IntegerArray

# Edges that one task takes: some hundred megabytes of memory, and a second or two.
LARGEST = 2_000_000


def components_in_one_task(edges: DataFrame) -> DataFrame:
    """What :func:`.components.connected_components` returns for ``l, r``."""
    return edges.select("l", "r").coalesce(1).mapInArrow(_component_batches, "rid BIGINT, component BIGINT")


def parts_in_one_task(links: DataFrame, limit: int, floors: Sequence[float]) -> DataFrame:
    """What :func:`.components.components_up_to` returns for ``l, r, score``."""
    return links.select("l", "r", "score").coalesce(1).mapInArrow(
        partial(_part_batches, limit=limit, floors=tuple(floors)), "rid BIGINT, component BIGINT"
    )  # fmt: skip


def label_components(left: IntegerArray, right: IntegerArray) -> tuple[IntegerArray, IntegerArray]:
    """Every node that has an edge, and the smallest node of its component, in the order of the nodes.

    In each round every tree of nodes is hung under the least tree that an edge connects it with, until no edge
    connects two.
    """
    nodes, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, other = ends[: len(left)], ends[len(left) :]
    root = np.arange(len(nodes))
    while True:
        low, high = np.minimum(root[one], root[other]), np.maximum(root[one], root[other])
        between = low != high
        if not between.any():
            return nodes, nodes[root]
        one, other = one[between], other[between]
        np.minimum.at(root, high[between], low[between])
        while not np.array_equal(above := root[root], root):
            root = above


def label_parts(
    left: IntegerArray, right: IntegerArray, score: FloatArray, *, limit: int, floors: Sequence[float]
) -> tuple[IntegerArray, IntegerArray]:
    """The same, of which components over ``limit`` nodes are taken apart by raising the floor of their edges."""
    nodes, component = label_components(left, right)
    for floor in floors:
        _, at, sizes = np.unique(component, return_inverse=True, return_counts=True)
        is_large = sizes[at] > limit
        if not is_large.any():
            break
        stronger = (score > floor) & is_large[np.searchsorted(nodes, left)]
        component = np.where(is_large, nodes, component)
        parts, part = label_components(left[stronger], right[stronger])
        component[np.searchsorted(nodes, parts)] = part
    return nodes, component


def _component_batches(batches: Iterable[object]) -> Iterator[object]:
    left, right = _columns(batches, ("l", "r"))
    yield _as_batch(*label_components(left, right))


def _part_batches(batches: Iterable[object], *, limit: int, floors: Sequence[float]) -> Iterator[object]:
    left, right, score = _columns(batches, ("l", "r", "score"))
    yield _as_batch(*label_parts(left, right, score, limit=limit, floors=floors))


def _columns(batches: Iterable[object], names: Sequence[str]) -> list[Any]:
    read = [batch for batch in batches if batch.num_rows]  # type: ignore[attr-defined]
    return [
        np.concatenate([batch.column(name).to_numpy(zero_copy_only=False) for batch in read])  # type: ignore[attr-defined]
        if read
        else np.zeros(0, dtype=np.int64)
        for name in names
    ]


def _as_batch(nodes: IntegerArray, component: IntegerArray) -> object:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays(
        [pa.array(nodes, pa.int64()), pa.array(component, pa.int64())], names=["rid", "component"]
    )
