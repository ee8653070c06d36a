"""Wiring of what keeps the ids and the history."""

from __future__ import annotations

from collections.abc import Mapping

from kedro.pipeline import Node

from . import registry_nodes as nodes
from . import review_nodes

# The log and the crosswalk as they are before this run.
_BEFORE = {"events": "previous_gold_identity_events", "former_crosswalk": "previous_gold_customer_crosswalk"}


def registry_nodes(silver: Mapping[str, str]) -> list[Node]:
    """From ``gold_identity_clusters`` to log, crosswalk and history; ``silver``: table of each source by name.

    The log is written before the crosswalk, which is a projection of it.
    """
    return [_decisions(silver), *_id_assignment(), _review(silver), _profile_history()]


def _decisions(silver: Mapping[str, str]) -> Node:
    return Node(
        nodes.check_decisions,
        inputs={"linking": "params:linking", "decision_rows": "identity_decisions_source", **silver},
        outputs="gold_identity_decisions",
        name="check_decisions",
    )


def _id_assignment() -> list[Node]:
    """Where the ids go, what happened, and the crosswalk of that."""
    return [
        Node(
            nodes.find_former_customers,
            inputs={"clusters": "gold_identity_clusters", **_BEFORE},
            outputs="work_identity_former_customers",
            name="find_former_customers",
        ),
        Node(
            nodes.assign_customer_ids,
            inputs={"compared": "work_identity_former_customers", **_BEFORE},
            outputs={"claimed": "work_identity_claimed", "assigned": "work_identity_assigned"},
            name="assign_ids",
        ),
        Node(
            nodes.log_identity_events,
            inputs={
                "compared": "work_identity_former_customers",
                "claimed": "work_identity_claimed",
                "assigned": "work_identity_assigned",
                "decisions": "gold_identity_decisions",
                "run_id": "run_id",
                "run_time": "run_time",
                **_BEFORE,
            },
            outputs="gold_identity_events",
            name="log_identity_events",
        ),
        Node(
            nodes.project_crosswalk,
            inputs={"events": "gold_identity_events", "clusters": "gold_identity_clusters"},
            outputs="gold_customer_crosswalk",
            name="project_crosswalk",
        ),
    ]


def _review(silver: Mapping[str, str]) -> Node:
    return Node(
        review_nodes.list_pairs_to_review,
        inputs={
            "linking": "params:linking",
            "reviewing": "params:review",
            "unsure": "work_identity_unsure_pairs",
            "crosswalk": "gold_customer_crosswalk",
            "decisions": "gold_identity_decisions",
            "show_values": "show_values",
            **silver,
        },
        outputs="gold_identity_review",
        name="list_pairs_to_review",
    )


def _profile_history() -> Node:
    return Node(
        nodes.keep_profile_history,
        inputs={
            "profile": "gold_customer_profile",
            "history": "previous_gold_customer_profile_history",
            "run_time": "run_time",
        },
        outputs="gold_customer_profile_history",
        name="keep_profile_history",
    )
