"""The charts beside the flow. They are in Kedro-Viz only: a run neither loads nor draws them."""

from __future__ import annotations

from typing import NoReturn

from kedro.pipeline import Node, Pipeline

# Chart -> the datasets it is drawn from. How it is drawn: chart_<name> in conf/base/catalog_charts.yml.
CHARTS: dict[str, list[str]] = {
    "customers_by_linked_systems": ["gold_customer_360"],
    "tickets_by_category_and_status": ["silver_support_tickets"],
    "engagement_by_tag": ["silver_marketing_posts"],
    "data_quality_by_rule": ["gold_run_report"],
    "runs_linked": ["gold_run_report_history"],
    "runs_quarantined": ["gold_run_report_history"],
    "runs_changed": ["gold_run_report_history"],
    "match_weight_model": ["gold_identity_report"],
    "match_weight_distribution": ["gold_identity_links", "gold_identity_review"],
}


def draw_chart(*tables: object) -> NoReturn:
    """Drawn by Kedro-Viz from these tables whenever somebody looks at it; no run draws it."""
    raise NotImplementedError("Charts are drawn when you look at them: kedro viz run.")


def create_pipeline() -> Pipeline:
    """One node per chart, from the tables to the chart that Kedro-Viz draws."""
    return Pipeline(
        [
            Node(draw_chart, inputs=tables, outputs=f"chart_{name}", name=f"draw_{name}")
            for name, tables in CHARTS.items()
        ],
        tags=["charts"],
    )
