"""Wiring of resolution: a node for each step, and the records of all sources linked to what they find."""

from __future__ import annotations

from collections.abc import Mapping

from kedro.pipeline import Node

from . import identity_nodes as nodes

_MODEL = {"identity": "params:identity", "scratch": "identity_scratch"}
_FORMER = {"models": "previous_gold_identity_model"}
# What each step takes of those before it, and under which name.
_RECORDS = {"records": "work_identity_records"}
_CANDIDATES = {**_RECORDS, "candidates": "work_identity_candidates"}
_COMPARISONS = {**_CANDIDATES, "comparisons": "work_identity_comparisons"}


def identity_nodes(silver: Mapping[str, str]) -> list[Node]:
    """From silver to ``gold_identity_clusters``; ``silver``: tables of the sources by the nodes' names for them."""
    prepare = Node(
        nodes.prepare_records,
        inputs={
            "linking": "params:linking",
            **_MODEL,
            **_FORMER,
            "former": "previous_identity_state",
            "decision_rows": "gold_identity_decisions",
            **silver,
        },
        outputs="work_identity_records",
        name="prepare_records",
    )
    return [prepare, *_comparing_nodes(), *_grouping_nodes(), _linking_node(silver)]


def _comparing_nodes() -> list[Node]:
    return [
        Node(
            nodes.block_records,
            inputs={**_MODEL, **_RECORDS},
            outputs="work_identity_candidates",
            name="block_records",
        ),
        Node(
            nodes.compare_candidates,
            inputs={**_MODEL, **_CANDIDATES},
            outputs="work_identity_comparisons",
            name="compare_candidates",
        ),
        Node(
            nodes.train_model,
            inputs={**_MODEL, **_FORMER, **_COMPARISONS},
            outputs="work_identity_snapshot",
            name="train_model",
        ),
    ]


def _grouping_nodes() -> list[Node]:
    return [
        Node(
            nodes.score_candidates,
            inputs={**_MODEL, **_COMPARISONS, "snapshot": "work_identity_snapshot"},
            outputs="work_identity_scores",
            name="score_candidates",
        ),
        Node(
            nodes.cluster_records,
            inputs={
                **_MODEL,
                **_CANDIDATES,
                "scores": "work_identity_scores",
                "snapshot": "work_identity_snapshot",
            },
            outputs="work_identity_persons",
            name="cluster_records",
        ),
    ]


def _linking_node(silver: Mapping[str, str]) -> Node:
    return Node(
        nodes.link_records,
        inputs={
            "linking": "params:linking",
            **_MODEL,
            **_FORMER,
            "former": "previous_identity_state",
            "persons": "work_identity_persons",
            "run_id": "run_id",
            "run_time": "run_time",
            **silver,
        },
        outputs={
            "clusters": "gold_identity_clusters",
            "unlinked": "gold_unlinked_records",
            "links": "gold_identity_links",
            "unsure": "work_identity_unsure_pairs",
            "model": "gold_identity_model",
            "report": "gold_identity_report",
            "state": "identity_state",
        },
        name="link_records",
    )
