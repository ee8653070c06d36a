from __future__ import annotations

import io
import time

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline
from pyspark.sql import SparkSession
from rich.console import Console

from customer_360.console import ConsoleHooks
from customer_360.console import hooks as module
from customer_360.engine import Pull


def hooks_of(out: io.StringIO, *, terminal: bool = False) -> ConsoleHooks:
    hooks = ConsoleHooks(Console(file=out, force_terminal=terminal, width=120, highlight=False))
    hooks._parameters = {"engine": "sail", "sources": "sample"}
    return hooks


def pair(value: int) -> tuple[int, int]:
    return value, value


NODE = Node(pair, inputs="a", outputs=["b", "c"], name="copy")


def test_one_line_per_node_when_its_last_output_is_saved() -> None:
    out = io.StringIO()
    hooks = hooks_of(out)
    hooks.before_pipeline_run(Pipeline([NODE]), DataCatalog({"a": MemoryDataset(1)}))
    hooks.before_dataset_loaded(NODE)
    hooks.after_dataset_saved("b", NODE)
    assert "✓" not in out.getvalue()
    hooks.after_dataset_saved("c", NODE)
    first, second = out.getvalue().splitlines()
    assert first == "customer_360: 1 step on engine sail, reading made-up sample systems"
    assert second.split() == ["✓", "1/1", "copy", "0.0", "s"]


def test_a_long_pull_shows_its_progress_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    hooks = hooks_of(out)
    hooks._show_pull("crm_users", 100, 5_000)
    assert out.getvalue() == ""
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0.0)
    time.sleep(0.001)
    hooks._show_pull("crm_users", 1_000, 5_000)
    time.sleep(0.001)
    hooks._show_pull("posts", 70, None)
    assert [line.strip() for line in out.getvalue().splitlines()] == [
        "crm_users: 1,000 of 5,000 records",
        "posts: 70 records",
    ]


@pytest.mark.parametrize(("why", "said"), [("asked for [all] (3 records): x", True), ("", False)])
def test_how_a_source_was_asked_is_said(spark: SparkSession, why: str, said: bool) -> None:
    out = io.StringIO()
    pull = Pull(spark.createDataFrame([], "payload STRING"), why=why)
    hooks_of(out).after_dataset_loaded("source_crm_users", pull)
    assert out.getvalue() == (f"    crm_users: {why}\n" if said else "")


def test_an_error_gives_the_terminal_back() -> None:
    hooks = hooks_of(io.StringIO(), terminal=True)
    pipeline, catalog = Pipeline([NODE]), DataCatalog({"a": MemoryDataset(1)})
    hooks.before_pipeline_run(pipeline, catalog)
    hooks.before_dataset_loaded(NODE)
    assert hooks._status is not None
    hooks.on_pipeline_error({}, pipeline, catalog)
    assert hooks._status is None


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": "unknown"}])
def test_a_dumb_terminal_gets_no_spinner(environment: dict[str, str]) -> None:
    out = io.StringIO()
    hooks = ConsoleHooks(Console(file=out, force_terminal=True, _environ=environment, highlight=False))
    hooks.before_dataset_loaded(NODE)
    assert hooks._status is None and out.getvalue() == ""
