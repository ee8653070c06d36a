"""The flow as Kedro-Viz shows it: steps that belong together folded into boxes, and no table drawn twice."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Any, NoReturn

from kedro.pipeline import Node, Pipeline

from customer_360.viz.charts import create_pipeline as create_charts

# The boxes of enrichment, some of them in another one; steps that are named nowhere are in no box of it.
_STEPS_OF = {
    "identity": ("check_decisions", "link_records", "list_pairs_to_review"),
    "identity.resolution": (
        "prepare_records", "block_records", "compare_candidates", "train_model", "score_candidates", "cluster_records",
    ),
    "identity.ids": (
        "find_former_customers", "assign_ids", "log_identity_events", "project_crosswalk", "find_touched_customers",
    ),
    "customers": (
        "build_profile", "keep_profile_history", "marketing_metrics", "support_metrics", "customer_360",
    ),
    "report": ("report_run", "keep_run_report"),
}  # fmt: skip
RESOLUTION = "resolution"  # a view of its own: the steps of a resolution, and the link to the other sources
_OF_RESOLUTION = (*_STEPS_OF["identity.resolution"], "link_records")
BOX_OF = {step: box for box, steps in _STEPS_OF.items() for step in steps}
_LOADER = "kedro_viz.integrations.kedro.data_loader"
_OF_THE_RUN = ("run_id", "run_time", "show_values", "lakehouse_tables")
ON_THE_SIDE = re.compile("(typed|known_keys|watermark)_.*|.*_scratch|crosswalk_changes|touched_customers")
_COUNTING = ("report_run", "keep_run_report")  # steps that read every table of the layers before, to count it
_COUNTED = ("bronze_", "silver_")


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
    """The pipelines for people to look at, resolution by itself, and the charts; none of them can be run.

    Args:
        pipelines: of a run, by name.
        flow: the names of those that make up the whole, which is ``__default__``.
    """
    pictured = {name: _fold(pipeline, name) for name, pipeline in pipelines.items() if name != "__default__"}
    pictured["charts"] = _fold(create_charts(), "charts")
    pictured[RESOLUTION] = Pipeline(
        [
            _pictured(node, RESOLUTION)
            for node in pipelines["__default__"].nodes
            if node.short_name in _OF_RESOLUTION
        ]
    )
    return pictured | {"__default__": Pipeline([pictured[name] for name in flow])}


def _fold(pipeline: Pipeline, name: str) -> Pipeline:
    """The steps in a namespace, which is a box that opens at a click, without what they read of former runs."""
    return Pipeline([_pictured(node, name) for node in pipeline.nodes])


def _pictured(node: Node, name: str) -> Node:
    """``name``: of the box, unless the step has one of its own."""
    shown = [
        one
        for one in node.inputs
        if not one.startswith("previous_") and one not in _OF_THE_RUN and not ON_THE_SIDE.fullmatch(one)
    ]
    if node.short_name in _COUNTING:
        shown = [one for one in shown if not one.startswith(_COUNTED)]
    return Node(
        _only_shown(node.func),
        inputs=shown,
        outputs=[one for one in node.outputs if not ON_THE_SIDE.fullmatch(one)],
        name=node.short_name,
        tags=node.tags,
        namespace=BOX_OF.get(node.short_name, name),
    )


def _only_shown(function: Any) -> Any:
    """A function whose code Kedro-Viz shows, with inputs of any number, that nobody can call."""

    def shown(*tables: object) -> NoReturn:
        raise NotImplementedError("This flow is for looking at (kedro viz). To run it: kedro run.")

    shown.__name__, shown.__doc__, shown.__module__ = function.__name__, function.__doc__, function.__module__
    shown.__wrapped__ = function  # type: ignore[attr-defined]  # what inspect takes the code from
    shown.__signature__ = Signature([Parameter("tables", Parameter.VAR_POSITIONAL)])  # type: ignore[attr-defined]
    return shown
