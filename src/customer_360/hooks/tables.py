"""Around a run's tables: nothing is begun that other tables contradict, and what ends well is published."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog

from customer_360.datasets import DeltaTableDataset, StagedSourceDataset
from customer_360.engine import running_engine, start_engine
from customer_360.lakehouse import (
    MANIFEST_SCHEMA,
    MANIFEST_TABLE,
    Published,
    TableState,
    add_checkpoints,
    judge,
    manifest_rows,
    published_tables,
    split_table_path,
    survey,
)
from customer_360.parameters import RunSettings, RunSettingsError
from customer_360.pipeline_registry import whole_flow
from customer_360.preflight import (
    CHECKED,
    check_configuration,
    check_key_fields,
    known_fields,
    read_configuration,
)
from customer_360.sources import SOURCES

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.pipeline import Pipeline
    from pyspark.sql import SparkSession

logger = logging.getLogger(__name__)

_MANIFEST = "gold_run_manifest"
_EVENTS, _HISTORY, _CROSSWALK = (
    f"gold/{name}" for name in ("identity_events", "customer_profile_history", "customer_crosswalk")
)
# Written as a whole by each run, but out of their own former rows.
_OF_THEIR_OWN = ("gold/identity_model",)


class TableHooks:
    """Looks at all tables before the first write, and writes the manifest after the last one."""

    def __init__(
        self, say: Callable[[str], None] = logger.warning, before_writing: Callable[[str], None] | None = None
    ) -> None:
        """Create the hooks.

        Args:
            say: tells people what was found.
            before_writing: called with the dataset's name before the manifest is written, to stop a run that has
                lost its lease.
        """
        self._say, self._before_writing = say, before_writing
        self._datasets: dict[str, list[DeltaTableDataset]] = {}
        self._read: list[StagedSourceDataset] = []
        self._anew: frozenset[str] = frozenset()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember which lost tables are to be begun anew."""
        self._anew = RunSettings.read(context.params, {}).begun_anew

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Stop where a table is damaged or gone that others know.

        Raises:
            LakehouseDamagedError: naming each such table, and what to do.
            SourceError, and those of :func:`customer_360.preflight.check_configuration`: something that people provide
                cannot be used.
        """
        self._datasets = _tables(catalog, [*whole_flow().datasets(), *pipeline.datasets(), _MANIFEST])
        states = survey({name: found[0].table_path for name, found in self._datasets.items()})
        self._check_tables(pipeline, catalog, states)
        self._check_provided(pipeline, catalog)

    def _check_tables(
        self, pipeline: Pipeline, catalog: DataCatalog, states: Mapping[str, TableState]
    ) -> None:
        if not any(state.folder.found != "nothing" for state in states.values()):
            return
        if unknown := sorted(self._anew - set(self._datasets)):
            raise RunSettingsError(
                f"begin_anew names {', '.join(unknown)}, but there is no such table. Nothing was written. "
                f"Tables: {', '.join(sorted(self._datasets))}."
            )
        mine = {*_tables(catalog, pipeline.datasets()), MANIFEST_TABLE}
        written = set(_tables(catalog, pipeline.all_outputs()))
        verdict = judge(
            {name: state for name, state in states.items() if name in mine},
            logs={name for name, found in self._datasets.items() if any(one.adds_rows for one in found)}
            | set(_OF_THEIR_OWN),
            written=written,
            published={
                name: table.version
                for name, table in self._published(states).items()
                if name not in self._anew
            },
            known={
                name: who
                for name, who in _known(states, written, self._datasets[_CROSSWALK][0]).items()
                if name not in self._anew
            },
        )
        verdict.check(_root(self._datasets))
        for note in verdict.notes:
            self._say(f"Found in the lakehouse: {note.strip()}")
        for name in verdict.leftovers:
            for dataset in self._datasets[name]:
                dataset.ignore_leftovers()

    def _check_provided(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Read what people wrote for this run before anything is written; steps get what was read here.

        Raises:
            SourceError, and those of :func:`customer_360.preflight.check_configuration`.
        """
        inputs = pipeline.inputs()
        if {f"params:{name}" for name in CHECKED} & inputs:
            given = read_configuration(catalog)
            bronze = self._datasets[f"bronze/{SOURCES[0].table}"][0].schema
            check_configuration(_session(), given, bronze=bronze, resolving="params:identity" in inputs)
            check_key_fields(given.ingestion, known_fields(catalog))
        self._read = []
        for name in sorted(inputs):
            dataset = catalog.get(name)
            if isinstance(dataset, StagedSourceDataset) and not name.startswith("source_"):
                self._read.append(dataset)
                dataset.hold()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Nothing that was read stays staged."""
        self._release()

    def _release(self) -> None:
        for dataset in self._read:
            dataset.release()
        self._read = []

    @hook_impl(tryfirst=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Publish what belongs together now, if this run has computed all that follows from silver."""
        self._release()
        names = {node.name for node in pipeline.nodes}
        if not {node.name for node in whole_flow().nodes if "enrichment" in node.tags} <= names:
            return
        folders = {name: found[0].table_path for name, found in self._datasets.items()}
        folders.pop(MANIFEST_TABLE, None)
        states = {name: state for name, state in survey(folders).items() if state.version is not None}
        tables = {name: self._as_published(state) for name, state in states.items()}
        rows = manifest_rows(
            tables,
            run_id=catalog.load("run_id"),
            run_time=catalog.load("run_time"),
            published_at=datetime.now(UTC),
        )
        if self._before_writing is not None:
            self._before_writing(_MANIFEST)
        catalog.save(_MANIFEST, _session().createDataFrame(rows, MANIFEST_SCHEMA))
        if running_engine() == "sail":  # Spark makes its own
            add_checkpoints([*(state.folder for state in states.values())])

    def _as_published(self, state: TableState) -> Published:
        """Version and rows; who loads the table from now on, to show it, loads this version."""
        assert state.version is not None
        datasets, rows = self._datasets[state.name], state.rows
        for dataset in datasets:
            dataset.pin(state.version, rows)
        if rows is None:
            rows = datasets[0].load().count()
        return Published(state.version, rows)

    def _published(self, states: Mapping[str, TableState]) -> dict[str, Published]:
        """What the manifest names; nothing where there is none, or none that can be read."""
        state = states.get(MANIFEST_TABLE)
        if state is None or not state.committed or state.problem:
            return {}
        frame = self._datasets[MANIFEST_TABLE][0].load()
        return published_tables(row.asDict() for row in frame.collect())


def _tables(catalog: DataCatalog, names: Iterable[str]) -> dict[str, list[DeltaTableDataset]]:
    """The Delta tables of the lakehouse, by ``<layer>/<table>``: a table may have several datasets."""
    found: dict[str, list[DeltaTableDataset]] = {}
    for name in dict.fromkeys(names):
        dataset = catalog.get(name)
        place = split_table_path(dataset.table_path) if isinstance(dataset, DeltaTableDataset) else None
        if place is not None:
            assert isinstance(dataset, DeltaTableDataset)
            found.setdefault(place[1], []).append(dataset)
    return found


def _root(datasets: Mapping[str, list[DeltaTableDataset]]) -> str:
    place = split_table_path(next(iter(datasets.values()))[0].table_path)
    return place[0].removeprefix("file://") if place else ""


def _known(
    states: Mapping[str, TableState], written: set[str], crosswalk: DeltaTableDataset
) -> dict[str, str]:
    """Tables that must once have been there, and what says so (also in a lakehouse from before the manifest)."""
    there = {name for name, state in states.items() if state.committed}
    known: dict[str, str] = {}
    for source in SOURCES:
        bronze, silver = f"bronze/{source.table}", f"silver/{source.table}"
        if silver in there:
            known[bronze] = f"{silver} comes from it"
        elif bronze in written - there and _CROSSWALK in there and _has_customers(crosswalk, source.name):
            known[bronze] = f"{_CROSSWALK} holds its records"
    if _HISTORY in there:
        known[_EVENTS] = f"{_HISTORY} holds the customers that it made"
    elif _CROSSWALK not in there and "gold/customer_360" in there:
        known[_EVENTS] = "gold/customer_360 holds the customers that it made"
    if "gold/run_report" in there:
        files = (name for name, state in states.items() if state.folder.found == "files")
        known |= {name: "a run has ended here" for name in files if name not in known}
    return known


def _has_customers(crosswalk: DeltaTableDataset, source: str) -> bool:
    frame = crosswalk.load()
    return not frame.where(frame["source"] == source).isEmpty()


def _session() -> SparkSession:
    name: Any = running_engine()
    return start_engine(name)
