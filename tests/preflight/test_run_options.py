from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset

from customer_360.parameters.run import RunSettingsError
from customer_360.preflight.run_options import (
    refuse_unknown_environment,
    refuse_unknown_names,
    refuse_what_cannot_work,
    refuse_what_was_in_memory,
)


@pytest.fixture(autouse=True)
def bootstrapped(project: Path) -> None:
    bootstrap_project(project)
    pipelines.set_requested(None)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"runner": None, "runner_params": {}, "load_versions": None, "namespaces": ()},
        {"runner": "SequentialRunner", "runner_params": {"is_async": True}},
        {"runner": "ThreadRunner", "runner_params": {"max_workers": 2}},
        {"runner": "kedro.runner.ThreadRunner"},
        {"is_async": True},
    ],
)
def test_what_works_is_let_through(options: dict[str, Any]) -> None:
    refuse_what_cannot_work(options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"runner": "ParallelRunner"}, "--runner ParallelRunner cannot be used: all steps share one engine"),
        ({"runner": "kedro.runner.ParallelRunner"}, "ParallelRunner cannot be used"),
        ({"runner": "NopeRunner"}, "--runner NopeRunner cannot be used"),
        ({"runner_params": {"max_workers": 4}}, "SequentialRunner knows only is_async"),
        (
            {"runner": "ThreadRunner", "runner_params": {"wat": 4}},
            "ThreadRunner knows only is_async, max_workers",
        ),
        ({"load_versions": {"gold_customer_360": "2020"}}, "--load-versions cannot be used"),
        ({"only_missing_outputs": True}, "--only-missing-outputs cannot be used"),
        ({"namespaces": ("x",)}, "--namespaces x cannot be used"),
    ],
)
def test_what_cannot_work_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(RunSettingsError) as error:
        refuse_what_cannot_work(options)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pipelines": ["nope"]}, "There is no pipeline nope. There are: cleaning, enrichment, ingestion."),
        ({"pipeline": "nope"}, "There is no pipeline nope."),
        ({"pipelines": ["ingestoin"]}, "Did you mean 'ingestion'?"),
        ({"tags": ("golden",)}, "--tags: there is no tag golden. Did you mean 'gold'?"),
        ({"tags": ("silver", "xyz")}, "--tags: there is no tag xyz. The steps and their tags:"),
        (
            {"node_names": ("customer360",)},
            "--nodes: there is no step customer360. Did you mean 'customer_360'?",
        ),
        (
            {"from_nodes": ["link_record"]},
            "--from-nodes: there is no step link_record. Did you mean 'link_records'?",
        ),
        ({"to_nodes": ["nope"]}, "--to-nodes: there is no step nope."),
        (
            {"from_nodes": ["check_conservation"]},
            "--from-nodes: there is no step check_conservation. It is called reconcile_silver now.",
        ),
        (
            {"from_inputs": ["silver_crm"]},
            "there is no table silver_crm. Did you mean 'silver_crm_users'?",
        ),
        ({"to_outputs": ["gold_customer360"]}, "Did you mean 'gold_customer_360'?"),
        ({"tags": ("silver",), "node_names": ("customer_360",)}, "No step matches all of this"),
        ({"pipelines": ["ingestion"], "node_names": ("customer_360",)}, "kedro registry describe ingestion"),
    ],
)
def test_names_that_are_not_there_are_said(options: dict[str, Any], words: str) -> None:
    with pytest.raises(RunSettingsError) as error:
        refuse_unknown_names(options)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pipelines": ["ingestion", "cleaning"]},
        {"tags": ("gold",)},
        {"node_names": ("customer_360",), "to_outputs": ["gold_customer_360"]},
    ],
)
def test_names_that_are_there_are_let_through(options: dict[str, Any]) -> None:
    refuse_unknown_names(options)


@pytest.mark.parametrize("env", [None, "local", "onelake"])
def test_environments_that_are_there(project: Path, env: str | None) -> None:
    refuse_unknown_environment(env, project / "conf")


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ("onelak", "There is no environment 'onelak'"),
        ("onelak", "Did you mean 'onelake'? There are: local, onelake."),
        ("", "There is no environment ''"),
    ],
)
def test_environments_that_are_not_there(project: Path, env: str, words: str) -> None:
    with pytest.raises(RunSettingsError) as error:
        refuse_unknown_environment(env, project / "conf")
    assert words in str(error.value)


def test_an_archive_is_not_looked_into(tmp_path: Path) -> None:
    refuse_unknown_environment("nope", tmp_path / "conf.tar.gz")


def test_a_part_that_needs_what_was_in_memory_is_told_where_to_begin() -> None:
    part = pipelines["cleaning"].filter(node_names=["collect_quarantine"])
    catalog = DataCatalog({name: MemoryDataset() for name in part.inputs()})
    with pytest.raises(RunSettingsError, match=r"quarantined_crm_users.*--from-nodes clean_crm_users,"):
        refuse_what_was_in_memory(part, catalog)
    for name in part.inputs():
        catalog[name] = MemoryDataset(1)
    refuse_what_was_in_memory(part, catalog)
