"""Wiring of what keeps the ids and the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, update_wrapper
from typing import Any

from kedro.pipeline import Node

from customer_360.sources import Source

from . import registry_nodes as nodes
from . import review_nodes

# The log and the crosswalk as they are before this run.
_BEFORE = {"events": "previous_gold_identity_events", "former_crosswalk": "previous_gold_customer_crosswalk"}
TABLES, SCRATCH = {"tables": "lakehouse_tables"}, {"scratch": "gold_scratch"}


def registry_nodes(silver: Mapping[str, str], sources: Sequence[Source]) -> list[Node]:
    """From ``gold_identity_clusters`` to log, crosswalk and history; ``silver``: table of each source by name.

    The log is written before the crosswalk, which is a projection of it.
    """
    return [
        _decisions(silver, sources),
        *_id_assignment(),
        _touched(sources),
        _review(silver, sources),
        _profile_history(),
    ]


def with_arguments(function: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """A node's function with arguments that are no datasets."""
    return update_wrapper(partial(function, **arguments), function)


def _decisions(silver: Mapping[str, str], sources: Sequence[Source]) -> Node:
    return Node(
        with_arguments(nodes.check_decisions, sources=sources),
        inputs={
            "linking": "params:linking",
            "decision_rows": "identity_decisions_source",
            "before": "previous_gold_identity_decisions",
            **TABLES,
            **silver,
        },
        outputs="gold_identity_decisions",
        name="check_decisions",
    )


def _id_assignment() -> list[Node]:
    """Where the ids go, what happened, and the crosswalk of that."""
    crosswalk = Node(
        nodes.project_crosswalk,
        inputs={
            "events": "gold_identity_events",
            "clusters": "gold_identity_clusters",
            "before": "previous_gold_customer_crosswalk",
            **TABLES,
            **SCRATCH,
        },
        outputs={"crosswalk": "gold_customer_crosswalk", "changes": "crosswalk_changes"},
        name="project_crosswalk",
    )
    return [*_events(), crosswalk]


def _events() -> list[Node]:
    return [
        Node(
            nodes.find_former_customers,
            inputs={"clusters": "gold_identity_clusters", **_BEFORE, **TABLES},
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
                **TABLES,
                **SCRATCH,
            },
            outputs="gold_identity_events",
            name="log_identity_events",
        ),
    ]


def _touched(sources: Sequence[Source]) -> Node:
    return Node(
        with_arguments(nodes.find_touched_customers, sources=sources),
        inputs={
            "profile": "params:profile",
            "crosswalk": "gold_customer_crosswalk",
            "changes": "crosswalk_changes",
            **TABLES,
            **SCRATCH,
        },
        outputs="touched_customers",
        name="find_touched_customers",
    )


def _review(silver: Mapping[str, str], sources: Sequence[Source]) -> Node:
    return Node(
        with_arguments(review_nodes.list_pairs_to_review, sources=sources),
        inputs={
            "linking": "params:linking",
            "reviewing": "params:review",
            "identity": "params:identity",
            "unsure": "work_identity_unsure_pairs",
            "crosswalk": "gold_customer_crosswalk",
            "decisions": "gold_identity_decisions",
            "before": "previous_gold_identity_review",
            "show_values": "show_values",
            **TABLES,
            **SCRATCH,
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
            "touched": "touched_customers",
            "run_time": "run_time",
            **TABLES,
            **SCRATCH,
        },
        outputs="gold_customer_profile_history",
        name="keep_profile_history",
    )
