"""Wiring of the pipeline ``enrichment``."""

from __future__ import annotations

from collections.abc import Sequence

from kedro.pipeline import Node, Pipeline

from customer_360.sources import SOURCES, Source, SourceDeclarationError

from . import identity_nodes, nodes
from .registry_wiring import registry_nodes


def create_pipeline(sources: Sequence[Source] = SOURCES) -> Pipeline:
    """Silver to gold, for any number of sources: what they contribute is configuration."""
    silver = _silver(sources)
    return Pipeline(
        [
            Node(
                identity_nodes.link_records,
                inputs={
                    "linking": "params:linking",
                    "identity": "params:identity",
                    "scratch": "identity_scratch",
                    "models": "previous_gold_identity_model",
                    "kept": "previous_identity_state",
                    "decision_rows": "gold_identity_decisions",
                    "run_id": "run_id",
                    "run_time": "run_time",
                    **silver,
                },
                outputs={
                    "clusters": "gold_identity_clusters",
                    "unlinked": "gold_unlinked_records",
                    "links": "gold_identity_links",
                    "review": "work_gold_unsure_pairs",
                    "model": "gold_identity_model",
                    "report": "gold_identity_report",
                    "state": "identity_state",
                },
                name="link_records",
            ),
            *registry_nodes(silver),
            Node(
                nodes.build_profile,
                inputs={"profile": "params:profile", "crosswalk": "gold_customer_crosswalk", **silver},
                outputs="gold_customer_profile",
                name="build_profile",
            ),
            Node(
                nodes.calculate_marketing_metrics,
                inputs=["params:metrics", "gold_customer_crosswalk", silver["marketing"]],
                outputs="gold_customer_marketing_metrics",
                name="marketing_metrics",
            ),
            Node(
                nodes.calculate_support_metrics,
                inputs=["params:metrics", "gold_customer_crosswalk", silver["support"]],
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
            _keep_run_report(sources),
        ],
        tags=["enrichment", "gold"],
    )


def _keep_run_report(sources: Sequence[Source]) -> Node:
    return Node(
        nodes.keep_run_report,
        inputs={
            "report": "gold_run_report",
            "history": "previous_gold_run_report_history",
            "manifest": "previous_gold_run_manifest",
            "quarantine": "silver_quarantine",
            "events": "gold_identity_events",
            "run_id": "run_id",
            "run_time": "run_time",
            **{f"bronze_{source.name}": f"bronze_{source.table}" for source in sources},
        },
        outputs="gold_run_report_history",
        name="keep_run_report",
    )


def _silver(sources: Sequence[Source]) -> dict[str, str]:
    """Silver table of each source, by the source's name, under which the nodes get it."""
    taken = {
        "linking",
        "profile",
        "metrics",
        "quality_report",
        "crosswalk",
        "unlinked",
        "customers",
        "decision_rows",
        "decisions",
        "unsure",
        "reviewing",
        "identity",
        "scratch",
        "models",
        "kept",
        "run_id",
        "run_time",
        "show_values",
    }
    if clashes := sorted(taken.intersection(source.name for source in sources)):
        raise SourceDeclarationError(
            f"A source cannot be named {', '.join(clashes)}: the nodes use that name for another input. "
            f"Names that are taken: {', '.join(sorted(taken))}."
        )
    return {source.name: f"silver_{source.table}" for source in sources}
