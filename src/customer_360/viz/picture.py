"""The flow as Kedro-Viz shows it: each pipeline folded into one box, and no table drawn twice."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Any, NoReturn

from kedro.pipeline import Node, Pipeline

from customer_360.viz.charts import create_pipeline as create_charts

# A box in the box of enrichment: the steps from records to ids.
WHO_IS_WHO = frozenset(
    {
        "prepare_records",
        "block_records",
        "compare_candidates",
        "train_model",
        "score_candidates",
        "cluster_records",
        "link_records",
        "check_decisions",
        "find_former_customers",
        "assign_ids",
        "log_identity_events",
        "project_crosswalk",
        "list_pairs_to_review",
    }
)
_LOADER = "kedro_viz.integrations.kedro.data_loader"
_OF_THE_RUN = ("run_id", "run_time", "show_values", "identity_scratch")


def being_viewed() -> bool:
    """Whether it is Kedro-Viz that asks for the pipelines (``kedro viz run``, ``kedro viz build``), not a run.

    Seen from who calls: notebooks import Kedro-Viz with Kedro's own extension, and may run the flow afterwards.
    """
    frame = sys._getframe()
    while (caller := frame.f_back) is not None:
        frame = caller
        if frame.f_globals.get("__name__") == _LOADER:
            return True
    return False


def as_pictured(pipelines: Mapping[str, Pipeline], flow: tuple[str, ...]) -> dict[str, Pipeline]:
    """The pipelines for people to look at, and the charts beside them; none of them can be run.

    Args:
        pipelines: of a run, by name.
        flow: the names of those that make up the whole, which is ``__default__``.
    """
    pictured = {name: _fold(pipeline, name) for name, pipeline in pipelines.items() if name != "__default__"}
    pictured["charts"] = _fold(create_charts(), "charts")
    whole = [*flow, "charts"]
    return pictured | {"__default__": Pipeline([pictured[name] for name in whole])}


def _fold(pipeline: Pipeline, name: str) -> Pipeline:
    """The steps in a namespace, which is a box that opens at a click, without what they read of former runs."""
    return Pipeline([_pictured(node, name) for node in pipeline.nodes])


def _pictured(node: Node, name: str) -> Node:
    shown = [one for one in node.inputs if not one.startswith("previous_") and one not in _OF_THE_RUN]
    return Node(
        _only_shown(node.func),
        inputs=shown,
        outputs=node.outputs,
        name=node.short_name,
        tags=node.tags,
        namespace=f"{name}.who_is_who" if node.short_name in WHO_IS_WHO else name,
    )


def _only_shown(function: Any) -> Any:
    """A function whose code Kedro-Viz shows, with inputs of any number, that nobody can call."""

    def shown(*tables: object) -> NoReturn:
        raise NotImplementedError("This flow is for looking at (kedro viz). To run it: kedro run.")

    shown.__name__, shown.__doc__, shown.__module__ = function.__name__, function.__doc__, function.__module__
    shown.__wrapped__ = function  # type: ignore[attr-defined]  # what inspect takes the code from
    shown.__signature__ = Signature([Parameter("tables", Parameter.VAR_POSITIONAL)])  # type: ignore[attr-defined]
    return shown
