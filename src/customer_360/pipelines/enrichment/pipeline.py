"""Wiring of the pipeline ``enrichment``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kedro.pipeline import Node, Pipeline

from customer_360.sources import SOURCES, Source

from . import nodes
from .identity_wiring import identity_nodes
from .registry_wiring import registry_nodes


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """Silver to gold, for any number of sources: what they contribute is configuration."""
    # The prefix keeps a source's name, whatever it is, apart from the names of the nodes' other inputs.
    silver = {f"{nodes.SILVER}{source.name}": f"silver_{source.table}" for source in sources}
    bronze = {f"{nodes.BRONZE}{source.name}": f"bronze_{source.table}" for source in sources}
    return Pipeline(
        [
            *identity_nodes(silver),
            *registry_nodes(silver),
            *_customer_nodes(silver),
            *_report_nodes(silver, bronze),
        ],
        tags=["enrichment", "gold"],
    )


def _customer_nodes(silver: Mapping[str, str]) -> list[Node]:
    return [
        Node(
            nodes.build_profile,
            inputs={"profile": "params:profile", "crosswalk": "gold_customer_crosswalk", **silver},
            outputs="gold_customer_profile",
            name="build_profile",
        ),
        Node(
            nodes.calculate_marketing_metrics,
            inputs=["params:metrics", "gold_customer_crosswalk", silver[f"{nodes.SILVER}marketing"]],
            outputs="gold_customer_marketing_metrics",
            name="marketing_metrics",
        ),
        Node(
            nodes.calculate_support_metrics,
            inputs=["params:metrics", "gold_customer_crosswalk", silver[f"{nodes.SILVER}support"]],
            outputs="gold_customer_support_metrics",
            name="support_metrics",
        ),
        Node(
            nodes.join_customer_360,
            inputs=[
                "gold_customer_profile",
                "gold_customer_marketing_metrics",
                "gold_customer_support_metrics",
            ],
            outputs="gold_customer_360",
            name="customer_360",
        ),
    ]


def _report_nodes(silver: Mapping[str, str], bronze: Mapping[str, str]) -> list[Node]:
    return [
        Node(
            nodes.report_run,
            inputs={
                "linking": "params:linking",
                "metrics": "params:metrics",
                "quality_report": "silver_quality_report",
                "crosswalk": "gold_customer_crosswalk",
                "unlinked": "gold_unlinked_records",
                "customers": "gold_customer_360",
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
