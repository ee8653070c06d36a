"""The maintenance of a lakehouse: its one writer for that time, all its tables, and a manifest that names them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kedro.framework.session import KedroSession
from kedro.io import DataCatalog

from customer_360.datasets import DeltaTableDataset
from customer_360.engine import spark_session
from customer_360.foundation import process_state
from customer_360.lakehouse import (
    MANIFEST_SCHEMA,
    MANIFEST_TABLE,
    LakehouseDamagedError,
    Published,
    Store,
    TableState,
    manifest_rows,
    open_store,
    published_tables,
    split_table_path,
    survey,
    take_lease,
)
from customer_360.maintenance.report import MaintenanceReport
from customer_360.maintenance.tools import Rows, TableTools, tools_of
from customer_360.maintenance.work import TableWork
from customer_360.parameters import MaintenanceParameters, RunSettings, read_group
from customer_360.schemas import TABLES
from customer_360.sources import SOURCES

if TYPE_CHECKING:
    from kedro.framework.session.abstract_session import AbstractSession

logger = logging.getLogger(__name__)

_STATE = "maintenance"
_SETTLE = {"spark": 5.0}  # seconds for which a JVM may outlive its process, as of a run


@dataclass(frozen=True, kw_only=True)
class MaintenanceJob:
    """What is to be maintained, and how.

    Attributes:
        root: of the lakehouse.
        settings: of the run: engine, and how long to wait for a run that is under way.
        parameters: what stays, and how large files become.
        manifest: the table that names what was published.
    """

    root: str
    settings: RunSettings
    parameters: MaintenanceParameters
    manifest: DeltaTableDataset

    @classmethod
    def of(cls, session: AbstractSession) -> MaintenanceJob:
        """As a Kedro session has it: address and credentials of OneLake, settings, engine.

        Raises:
            RunSettingsError: a setting cannot be used.
        """
        assert isinstance(session, KedroSession)
        context = session.load_context()
        assert isinstance(context.catalog, DataCatalog)
        manifest = context.catalog.get("gold_run_manifest")
        assert isinstance(manifest, DeltaTableDataset)
        place = split_table_path(manifest.table_path)
        wanted = read_group("maintenance", context.params)
        assert place is not None and isinstance(wanted, MaintenanceParameters)
        settings = RunSettings.read(context.params, {})
        return cls(root=place[0], settings=settings, parameters=wanted, manifest=manifest)


def maintain_lakehouse(
    job: MaintenanceJob, *, dry_run: bool = False, say: Callable[[str], None] = logger.warning
) -> MaintenanceReport:
    """Maintain all tables of a lakehouse, as its only writer.

    Each step is one commit or removes what nobody needs: where it is interrupted, what is done stays, and the next
    call does the rest.

    Args:
        job: what, and how.
        dry_run: change nothing, and tell what would be done first. (What a commit makes superfluous shows after it.)
        say: told whom it waits for.

    Raises:
        LeaseError: a run is under way, or has taken over.
        LakehouseDamagedError: a table is damaged; nothing is changed.
        DatasetError: a step failed.
    """
    store, tools = open_store(job.root), tools_of(job.settings.engine)
    if dry_run:
        return _maintain(job, store, tools, before_writing=None)
    lease = take_lease(
        store,
        run_id=f"maintenance-{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}",
        wait=job.settings.lease_wait,
        expiry=job.settings.lease_expiry,
        say=say,
        settle=_SETTLE.get(job.settings.engine, 0.0),
    )
    process_state(_STATE)["lease"] = lease
    try:
        return _maintain(job, store, tools, before_writing=lease.check)
    finally:
        release_maintenance_lease()


def release_maintenance_lease(*, interrupted: bool = False) -> None:
    """Give up the lease, if this process maintains a lakehouse. Args: interrupted: the process is being ended."""
    lease = process_state(_STATE).pop("lease", None)
    if lease is None:
        return
    try:
        lease.release(interrupted=interrupted)
    except Exception as error:  # what was done, or why not, matters more; the lease expires
        logger.warning("The lease could not be released (%s); it expires by itself.", type(error).__name__)


def _maintain(
    job: MaintenanceJob, store: Store, tools: TableTools, *, before_writing: Callable[[], None] | None
) -> MaintenanceReport:
    rows = tools.rows(job.manifest) if store.list(f"Tables/{MANIFEST_TABLE}") else []
    published = published_tables(rows)
    tables = [
        TableWork(
            state,
            published.get(state.name),
            store=store,
            tools=tools,
            parameters=job.parameters,
            before_writing=before_writing,
        )
        for state in _states(job.root, published)
    ]
    for table in tables:
        table.rearrange()
    count = _publish(job, rows, tables) if before_writing is not None else 0
    for table in tables:
        table.remove_old_files()
        table.shorten_log()
    return MaintenanceReport(
        root=job.root,
        tables=[table.report() for table in tables],
        published=count,
        is_dry=before_writing is None,
    )


def _states(root: str, published: Mapping[str, Published]) -> list[TableState]:
    """The tables that are this program's, and there; what others keep in the lakehouse is left alone.

    Raises:
        LakehouseDamagedError: one is damaged.
    """
    names = [f"{layer}/{source.table}" for layer in ("bronze", "silver") for source in SOURCES]
    names += [table.name for table in TABLES]
    names = sorted({*names, *published})
    states = [
        one for one in survey({name: f"{root}/Tables/{name}" for name in names}).values() if one.committed
    ]
    if damaged := [f"  {one.name} ({one.place}): {one.problem}." for one in states if one.problem]:
        lines = [
            "tables of the lakehouse are damaged. Nothing was changed.",
            *damaged,
            "kedro run says what to do.",
        ]
        raise LakehouseDamagedError("\n".join(lines))
    return states


def _publish(job: MaintenanceJob, rows: Rows, tables: list[TableWork]) -> int:
    """Let the manifest name the versions whose files were written anew, with the rows that were published.

    Returns:
        How many tables it names in a new version.
    """
    moved: dict[str, int] = {}
    for table in tables:
        if table.published is not None and table.content() == "rearranged":
            version = table.look().last_version
            assert version is not None
            moved[table.state.name] = version
            table.published = Published(version, table.published.rows)
    if not moved:
        return 0
    now = {
        name: Published(moved.get(name, one.version), one.rows)
        for name, one in published_tables(rows).items()
    }
    new = manifest_rows(
        now, run_id=rows[0]["run_id"], run_time=rows[0]["run_time"], published_at=datetime.now(UTC)
    )
    job.manifest.save(spark_session().createDataFrame(new, MANIFEST_SCHEMA))
    return len(moved)
