"""One writer for the whole of a run: the lease, and whatever it writes on the side, in folders of its own."""

from __future__ import annotations

import _thread
import logging
import uuid
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog

from customer_360.datasets import DeltaTableDataset, ModelFileDataset
from customer_360.lakehouse import (
    Lease,
    LeaseError,
    Store,
    StoreError,
    Versions,
    open_store,
    remove_all_but,
    remove_work,
    take_lease,
    take_over,
)
from customer_360.parameters import RunSettings, RunSettingsError

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.pipeline import Pipeline

logger = logging.getLogger(__name__)

RUN_FOLDER = "run_folder"
_SETTLE = {"spark": 5.0}  # seconds for which a JVM may outlive a killed run, and finish a commit
_WORK = "work_"  # datasets that a run makes on the way begin so


class LeaseHooks:
    """Takes the lease before a run reads or starts anything, checks it before every write, gives it up at the end.

    Attributes:
        end_run: called with a message when the lease is lost, to end the run at once; None: an interrupt does it.
    """

    def __init__(self, say: Callable[[str], None] = logger.warning) -> None:
        """Args: say: tells people whom the run waits for."""
        self.end_run: Callable[[str], None] | None = None
        self._say = say
        self._lease: Lease | None = None
        self._store: Store | None = None
        self._versions = Versions()
        self._catalog = DataCatalog()
        self._adds_to: set[str] = set()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Find the lakehouse, and name the run's folder, which the catalog puts into its paths.

        Raises:
            RunSettingsError: a place of which nothing is known about writing one at a time.
        """
        self._settings = RunSettings.read(context.params, {})
        loader = context.config_loader
        runtime = dict(loader.runtime_params or {})
        root = str(runtime.get("lakehouse") or self._settings.lakehouse or loader["globals"]["lakehouse"])
        if "://" not in root:
            root = str(Path(context.project_path) / root)
        self._root = root
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self._run_folder = f"{now}-{uuid.uuid4().hex[:12]}"
        loader.runtime_params = {**runtime, RUN_FOLDER: self._run_folder}

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Take the lease, remove what killed runs left, and bring what a part of a run goes on with.

        Raises:
            LeaseError: another run holds it.
            RunSettingsError: the part that is to run needs what a run makes on the way and has removed.
        """
        self.release()  # of a run in this process that was interrupted
        self._catalog = catalog
        try:
            self._store = open_store(self._root)
        except StoreError as error:
            raise RunSettingsError(f"lakehouse={self._root} cannot be used: {error}") from None
        self._versions = Versions()
        self._lease = self._take_lease(self._store, str(run_params.get("run_id") or self._run_folder))
        # a run that waited comes after the one that it waited for
        catalog.save("run_time", datetime.now(UTC))
        self._take_over_work(self._store, pipeline)
        remove_all_but(self._store, self._run_folder)
        outputs = (catalog.get(name) for name in pipeline.all_outputs())
        self._adds_to = {
            one.table_path for one in outputs if isinstance(one, DeltaTableDataset) and one.adds_rows
        }

    def _take_lease(self, store: Store, run_id: str) -> Lease:
        lease = take_lease(
            store,
            run_id=run_id,
            wait=self._settings.lease_wait,
            expiry=self._settings.lease_expiry,
            say=self._say,
            settle=_SETTLE.get(self._settings.engine, 0.0),
        )
        lease.on_lost = self._lost
        return lease

    def _take_over_work(self, store: Store, pipeline: Pipeline) -> None:
        """Bring what the run needs of what another one has made on the way."""
        needed = sorted(name for name in pipeline.inputs() if name.startswith(_WORK))
        tables = {name: _name_in_work(self._catalog, name) for name in needed}
        missing = take_over(store, self._run_folder, tables.values())
        if names := sorted(name for name, table in tables.items() if table in missing):
            raise RunSettingsError(
                f"This part of the flow needs {', '.join(names)}, which a run makes on the way and removes at its "
                "end. Nothing was written. Begin with the step that makes it (kedro run --from-nodes prepare_records "
                "makes them all)."
            )

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str) -> None:
        """Remember at which version a table is read that this run adds rows to."""
        if (table := self._added_to(dataset_name)) is not None:
            self._versions.read(table)

    @hook_impl
    def before_dataset_saved(self, dataset_name: str) -> None:
        """Nothing is written without the lease, or to a table that changed since it was read.

        Raises:
            LeaseError: the lease is lost.
            ChangedTableError: the table has another version than when this run read it.
        """
        if self._lease is not None:
            self._lease.check()
        if (table := self._added_to(dataset_name)) is not None:
            self._versions.check(table)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str) -> None:
        """The version that this run has made itself is the one it knows."""
        if (table := self._added_to(dataset_name)) is not None:
            self._versions.written(table)

    @hook_impl(hookwrapper=True)  # not wrapper, which the pluggy of Fabric's Runtime 1.3 does not know
    def after_pipeline_run(self, pipeline: Pipeline) -> Generator[None, Any, None]:
        """After everything else: remove what the run made on the way, and give up the lease."""
        outcome = yield
        try:
            if outcome.excinfo is None and not any(name.startswith(_WORK) for name in pipeline.outputs()):
                self._remove_work()
        finally:
            self.release()

    def _remove_work(self) -> None:
        try:
            if self._store is not None and self._lease is not None:
                self._lease.check()
                remove_work(self._store)
        except Exception as error:  # the run is done; the next one removes it
            logger.warning("What the run made on the way could not be removed (%s).", type(error).__name__)

    @hook_impl(hookwrapper=True)
    def on_pipeline_error(self) -> Generator[None, Any, None]:
        """After everything else: give up the lease. What the run made on the way stays, to go on with."""
        yield
        self.release()

    def on_interrupt(self) -> None:
        """The process is being ended, and its engine with it."""
        self.release(interrupted=True)

    def release(self, *, interrupted: bool = False) -> None:
        """Give up the lease, if there is one."""
        lease, self._lease = self._lease, None
        if lease is not None:
            try:
                lease.release(interrupted=interrupted)
            except Exception as error:  # the run's own result or error matters more, and the lease expires
                logger.warning(
                    "The lease of %s could not be released (%s); it expires by itself.",
                    self._root,
                    type(error).__name__,
                )

    def _added_to(self, dataset: str) -> str | None:
        """The folder of a table that this run adds rows to."""
        found = self._catalog.get(dataset) if self._adds_to else None
        table = found.table_path if isinstance(found, DeltaTableDataset) else None
        return table if table in self._adds_to else None

    def _lost(self) -> None:
        """Called by the lease's own thread."""
        lease = self._lease
        try:
            if lease is not None:
                lease.check()
        except LeaseError as error:
            if self.end_run is not None:
                self.end_run(str(error))
            else:
                logger.error("%s", error)
                _thread.interrupt_main()


class LeaseGuardHooks:
    """Gives up the lease when something else stops a run before it begins: Kedro tells nobody about that."""

    def __init__(self, lease: LeaseHooks) -> None:
        """Args: lease: whose lease."""
        self._lease = lease

    @hook_impl(hookwrapper=True)
    def before_pipeline_run(self) -> Generator[None, Any, None]:
        """Around everything else that happens before a run."""
        outcome = yield
        if outcome.excinfo is not None:
            self._lease.release()


def _name_in_work(catalog: DataCatalog, dataset: str) -> str:
    """Under which name a dataset is in the folder of a run."""
    found = catalog.get(dataset)
    assert isinstance(found, DeltaTableDataset | ModelFileDataset)
    place = found.place if isinstance(found, ModelFileDataset) else found.table_path
    return place.rstrip("/").rpartition("/")[2]
