"""Wiring of the pipeline ``enrichment``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kedro.pipeline import Node, Pipeline

from customer_360.behaviour import MARKETING, SUPPORT
from customer_360.sources import SOURCES, Source

from . import customer_nodes, nodes
from .identity_wiring import identity_nodes
from .registry_wiring import SCRATCH, TABLES, registry_nodes, with_arguments

_FROM_CROSSWALK = {
    "crosswalk": "gold_customer_crosswalk",
    "touched": "touched_customers",
    **TABLES,
    **SCRATCH,
}


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """Silver to gold, for any number of sources: what they contribute is configuration."""
    every = tuple(sources)
    # The prefix keeps a source's name, whatever it is, apart from the names of the nodes' other inputs.
    silver = {f"{nodes.SILVER}{source.name}": f"silver_{source.table}" for source in every}
    bronze = {f"{nodes.BRONZE}{source.name}": f"bronze_{source.table}" for source in every}
    return Pipeline(
        [
            *identity_nodes(silver, every),
            *registry_nodes(silver, every),
            *_customer_nodes(silver, every),
            *_report_nodes(silver, bronze, every),
        ],
        tags=["enrichment", "gold"],
    )


def _customer_nodes(silver: Mapping[str, str], sources: Sequence[Source]) -> list[Node]:
    by_name = {source.name: source for source in sources}
    profile = Node(
        with_arguments(customer_nodes.build_profile, sources=sources),
        inputs={
            "profile": "params:profile",
            "before": "previous_gold_customer_profile",
            **_FROM_CROSSWALK,
            **silver,
        },
        outputs="gold_customer_profile",
        name="build_profile",
    )
    joined = Node(
        customer_nodes.join_customer_360,
        inputs={
            "profile": "gold_customer_profile",
            "marketing_metrics": "gold_customer_marketing_metrics",
            "support_metrics": "gold_customer_support_metrics",
            "before": "previous_gold_customer_360",
            "touched": "touched_customers",
            **TABLES,
            **SCRATCH,
        },
        outputs="gold_customer_360",
        name="customer_360",
    )
    posts, tickets = (f"silver_{by_name[name].table}" for name in (MARKETING, SUPPORT))
    return [
        profile,
        _metrics(customer_nodes.calculate_marketing_metrics, by_name[MARKETING], {"posts": posts}),
        _metrics(customer_nodes.calculate_support_metrics, by_name[SUPPORT], {"tickets": tickets}),
        joined,
    ]


def _metrics(function: Callable[..., Any], source: Source, records: Mapping[str, str]) -> Node:
    return Node(
        with_arguments(function, source=source),
        inputs={
            "metrics": "params:metrics",
            "before": f"previous_gold_customer_{source.name}_metrics",
            **_FROM_CROSSWALK,
            **records,
        },
        outputs=f"gold_customer_{source.name}_metrics",
        name=f"{source.name}_metrics",
    )


def _report_nodes(
    silver: Mapping[str, str], bronze: Mapping[str, str], sources: Sequence[Source]
) -> list[Node]:
    return [
        Node(
            with_arguments(nodes.report_run, sources=sources),
            inputs={
                "linking": "params:linking",
                "metrics": "params:metrics",
                "quality_report": "silver_quality_report",
                "crosswalk": "gold_customer_crosswalk",
                "unlinked": "gold_unlinked_records",
                "customers": "gold_customer_360",
                "before": "previous_gold_run_report",
                **TABLES,
                **silver,
            },
            outputs="gold_run_report",
            name="report_run",
        ),
        Node(
            nodes.keep_run_report,
            inputs={
                "report": "gold_run_report",
                "history": "previous_gold_run_report_history",
                "manifest": "previous_gold_run_manifest",
                "quarantine": "silver_quarantine",
                "events": "gold_identity_events",
                "run_id": "run_id",
                "run_time": "run_time",
                **bronze,
            },
            outputs="gold_run_report_history",
            name="keep_run_report",
        ),
    ]
