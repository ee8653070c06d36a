"""Wiring of resolution: a node for each step, and the records of all sources linked to what they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kedro.pipeline import Node

from customer_360.sources import Source

from . import identity_nodes as nodes
from . import linking_nodes
from .registry_wiring import TABLES, with_arguments

_MODEL = {"identity": "params:identity", "scratch": "identity_scratch"}
_CONFIGURED = {"linking": "params:linking", "identity": "params:identity", "reviewing": "params:review"}
_SHOWN = {"show_values": "show_values"}
_FORMER = {"models": "previous_gold_identity_model"}
# What each step takes of those before it, and under which name.
_RECORDS = {"records": "work_identity_records"}
_CANDIDATES = {**_RECORDS, "candidates": "work_identity_candidates"}
_COMPARISONS = {**_CANDIDATES, "comparisons": "work_identity_comparisons"}


def identity_nodes(silver: Mapping[str, str], sources: Sequence[Source]) -> list[Node]:
    """From silver to ``gold_identity_clusters``; ``silver``: tables of the sources by the nodes' names for them."""
    prepare = Node(
        with_arguments(nodes.prepare_records, sources=sources),
        inputs={
            **_CONFIGURED,
            **_MODEL,
            **_SHOWN,
            **_FORMER,
            "former": "previous_identity_state",
            "decision_rows": "gold_identity_decisions",
            **TABLES,
            **silver,
        },
        outputs="work_identity_records",
        name="prepare_records",
    )
    return [prepare, *_comparing_nodes(), *_grouping_nodes(), _linking_node(silver, sources)]


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


def _linking_node(silver: Mapping[str, str], sources: Sequence[Source]) -> Node:
    return Node(
        with_arguments(linking_nodes.link_records, sources=sources),
        inputs={
            **_CONFIGURED,
            **_MODEL,
            **_SHOWN,
            "model": "previous_gold_identity_model",
            "former": "previous_identity_state",
            "persons": "work_identity_persons",
            "run_id": "run_id",
            "run_time": "run_time",
            "clusters": "previous_gold_identity_clusters",
            "unlinked": "previous_gold_unlinked_records",
            "links": "previous_gold_identity_links",
            "report": "previous_gold_identity_report",
            **TABLES,
            **silver,
        },
        # the state first: where a run is killed before the tables are written, the next one writes them from it
        outputs={
            "state": "identity_state",
            "clusters": "gold_identity_clusters",
            "unlinked": "gold_unlinked_records",
            "links": "gold_identity_links",
            "unsure": "work_identity_unsure_pairs",
            "model": "gold_identity_model",
            "report": "gold_identity_report",
        },
        name="link_records",
    )
