"""The lease around a run, without the run: Kedro's session calls the hooks as here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kedro.framework.hooks import hook_impl
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.hooks.lease import LeaseGuardHooks, LeaseHooks
from customer_360.lakehouse.lease import FOLDER, LeaseError, take_lease
from customer_360.lakehouse.store import LocalStore
from customer_360.lakehouse.versions import ChangedTableError
from customer_360.parameters.run import RunSettingsError


class Breaking:
    """Something that goes wrong at a moment of a run."""

    at = ""

    @hook_impl
    def before_pipeline_run(self) -> None:
        if self.at == "before":
            raise ZeroDivisionError

    @hook_impl
    def after_pipeline_run(self) -> None:
        if self.at == "after":
            raise ZeroDivisionError


class Run:
    """What a Kedro session does around the nodes."""

    def __init__(self, root: Path, **parameters: Any) -> None:
        self.root = root
        self.hooks, self.breaking = LeaseHooks(), Breaking()
        manager = _create_hook_manager()
        for one in (self.breaking, self.hooks, LeaseGuardHooks(self.hooks)):
            manager.register(one)
        self.call = manager.hook
        self.loader = SimpleNamespace(runtime_params={"lakehouse": str(root)})
        params = {"lease_wait": 0, **parameters}
        self.call.after_context_created(
            context=SimpleNamespace(params=params, config_loader=self.loader, project_path=root)
        )
        table = str(root / "Tables/bronze/crm_users")
        work = str(root / f"Files/work/{self.loader.runtime_params['run_folder']}/pairs")
        schema = "source_key STRING"
        self.catalog = DataCatalog(
            {
                "previous_bronze_crm_users": DeltaTableDataset(filepath=table),
                "bronze_crm_users": DeltaTableDataset(filepath=table, mode="append", schema=schema),
                "work_identity_pairs": DeltaTableDataset(filepath=work),
                "run_time": MemoryDataset(datetime(2026, 1, 1, tzinfo=UTC), copy_mode="assign"),
            }
        )
        self.flow = Pipeline(
            [node(lambda x: x, "previous_bronze_crm_users", "bronze_crm_users", name="ingest")]
        )

    def begin(self, flow: Pipeline | None = None) -> None:
        self.call.before_pipeline_run(
            run_params={"run_id": "r"}, pipeline=flow or self.flow, catalog=self.catalog
        )

    def end(self, flow: Pipeline | None = None) -> None:
        self.call.after_pipeline_run(
            run_params={}, run_result={}, pipeline=flow or self.flow, catalog=self.catalog
        )

    def commit(self, version: int) -> None:
        log = self.root / f"Tables/bronze/crm_users/_delta_log/{version:020d}.json"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text('{"commitInfo": {}}\n')

    @property
    def is_held(self) -> bool:
        newest = max((self.root / FOLDER).glob("*.json"), default=None)
        return newest is not None and json.loads(newest.read_text())["held"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    run.hooks.release()


def test_the_lease_is_held_from_the_beginning_to_the_end(run: Run) -> None:
    assert not run.is_held
    run.begin()
    assert run.is_held
    run.end()
    assert not run.is_held


def test_a_run_that_waited_comes_after_the_one_that_it_waited_for(run: Run) -> None:
    before = datetime.now(UTC)
    run.begin()
    assert run.catalog.load("run_time") >= before


def test_it_is_given_up_after_an_error(run: Run) -> None:
    run.begin()
    run.call.on_pipeline_error(
        error=ZeroDivisionError(), run_params={}, pipeline=run.flow, catalog=run.catalog
    )
    assert not run.is_held


@pytest.mark.parametrize("moment", ["before", "after"])
def test_it_is_given_up_where_something_else_breaks_around_the_run(run: Run, moment: str) -> None:
    run.breaking.at = moment
    with pytest.raises(ZeroDivisionError):
        run.begin()
        run.end()
    assert not run.is_held


def test_a_second_run_is_refused_and_takes_nothing(run: Run) -> None:
    held = take_lease(LocalStore(run.root), run_id="first", wait=0, expiry=60, say=print)
    with pytest.raises(LeaseError, match="first"):
        run.begin()
    assert run.is_held
    held.check()
    held.release()


def test_a_run_in_the_same_process_goes_on_after_one_that_was_interrupted(run: Run) -> None:
    run.begin()
    run.begin()
    run.end()
    assert not run.is_held


def test_nothing_is_written_without_the_lease(run: Run) -> None:
    run.begin()
    assert run.hooks._lease
    run.hooks._lease._lost = "it was lost."
    with pytest.raises(LeaseError, match="it was lost"):
        run.call.before_dataset_saved(dataset_name="bronze_crm_users", data=None, node=None)


def test_rows_are_not_added_to_a_table_that_somebody_else_wrote_to(run: Run) -> None:
    run.commit(0)
    run.begin()
    run.call.before_dataset_loaded(dataset_name="previous_bronze_crm_users", node=None)
    run.call.before_dataset_saved(dataset_name="bronze_crm_users", data=None, node=None)
    run.commit(1)
    with pytest.raises(ChangedTableError, match="read at version 0 and is at version 1"):
        run.call.before_dataset_saved(dataset_name="bronze_crm_users", data=None, node=None)


def test_what_a_run_makes_on_the_way_has_a_folder_of_its_own_and_goes_at_its_end(run: Run) -> None:
    table = Path(run.catalog.get("work_identity_pairs").table_path.removeprefix("file://"))
    other = run.root / "Files/work/of a killed run/pairs/part"
    other.parent.mkdir(parents=True)
    other.write_text("")
    run.begin()
    assert not other.exists()
    table.mkdir(parents=True)
    run.end()
    assert not (run.root / "Files/work").exists()


def test_a_part_that_makes_it_for_the_next_part_leaves_it(run: Run) -> None:
    first = Pipeline([node(lambda x: x, "bronze_crm_users", "work_identity_pairs", name="pair")])
    second = Pipeline([node(lambda x: x, "work_identity_pairs", "bronze_crm_users", name="use")])
    run.begin(first)
    table = Path(run.catalog.get("work_identity_pairs").table_path.removeprefix("file://"))
    table.mkdir(parents=True)
    run.end(first)
    assert table.exists()
    later = Run(run.root)
    later.begin(second)
    assert Path(later.catalog.get("work_identity_pairs").table_path.removeprefix("file://")).exists()
    later.end(second)
    assert not (run.root / "Files/work").exists()
    with pytest.raises(RunSettingsError, match="needs work_identity_pairs, which a run makes on the way"):
        Run(run.root).begin(second)
    assert not run.is_held
