"""The flow as Kedro-Viz shows it, which is not the one that runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.startup import bootstrap_project
from kedro.pipeline import Pipeline

from customer_360.pipeline_registry import FLOW, register_pipelines
from customer_360.viz.charts import CHARTS
from customer_360.viz.picture import BOX_OF, ON_THE_SIDE

Pipelines = dict[str, Pipeline]


@pytest.fixture(scope="module")
def run(project: Path) -> Pipelines:
    bootstrap_project(project)
    return register_pipelines()


@pytest.fixture(scope="module")
def shown(run: Pipelines) -> Pipelines:
    """The same, asked for by the module of Kedro-Viz that loads a project."""
    module: dict[str, Any] = {"__name__": "kedro_viz.integrations.kedro.data_loader"}
    exec("def load(register):\n    return register()", module)
    load: Callable[..., Pipelines] = module["load"]
    return load(register_pipelines)


def test_a_run_has_neither_charts_nor_boxes(run: Pipelines) -> None:
    import kedro_viz.server  # noqa: F401  (as Kedro's extension of notebooks does)

    for pipelines in (run, register_pipelines()):
        assert "charts" not in pipelines
        assert not [name for name in pipelines["__default__"].datasets() if name.startswith("chart_")]
        assert {node.namespace for node in pipelines["__default__"].nodes} == {None}


def test_every_step_and_every_table_is_shown_once(run: Pipelines, shown: Pipelines) -> None:
    for name in (*FLOW, "__default__"):
        assert sorted(node.short_name for node in shown[name].nodes) == sorted(
            n.name for n in run[name].nodes
        )
        made = {out for node in run[name].nodes for out in node.outputs}
        assert {out for out in made if not ON_THE_SIDE.fullmatch(out)} <= shown[name].all_outputs()
    assert {node.short_name for node in shown["charts"].nodes} == {f"draw_{chart}" for chart in CHARTS}
    assert shown["charts"].inputs() <= run["__default__"].all_outputs()


def test_what_a_person_sees_first_is_few(shown: Pipelines) -> None:
    """Each pipeline is one box, and what a box neither gives nor gets is in it."""
    flow = shown["__default__"]
    boxes = {(node.namespace or "").split(".")[0] for node in flow.nodes}
    assert boxes == {"ingestion", "cleaning", "identity", "customers", "report"}
    outside = set(flow.inputs())
    for box in boxes:
        inner = flow.only_nodes_with_namespaces([box])
        outside |= inner.inputs() | inner.outputs() | ((flow - inner).inputs() & inner.all_outputs())
    tables = {name for name in outside if not name.startswith(("params:", "parameters", "chart_"))}
    assert not [name for name in tables if name.startswith(("previous_", "work_", "run_"))]
    assert len(tables) <= 25, sorted(tables)


def test_every_step_of_enrichment_has_a_box(shown: Pipelines) -> None:
    boxes = {node.short_name: node.namespace for node in shown["enrichment"].nodes}
    assert boxes == BOX_OF


def test_steps_show_their_own_code_and_cannot_be_run(run: Pipelines, shown: Pipelines) -> None:
    own = {node.name: node.func for node in run["__default__"].nodes}
    for node in shown["__default__"].nodes:
        if node.short_name in own:
            assert inspect.getsource(node.func) == inspect.getsource(own[node.short_name])
        with pytest.raises(NotImplementedError, match="kedro run"):
            node.func()
