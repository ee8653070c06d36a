"""The lakehouse's tables for commands that answer a question: read without an engine, all of one moment."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

from customer_360.datasets import DeltaTableDataset, literal
from customer_360.engine import spark_session
from customer_360.lakehouse import Published, published_tables
from customer_360.parameters import LinkingParameters, only_reading
from customer_360.privacy import shows_personal_values
from customer_360.sources import SOURCES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_GOLD = ("gold_identity_links", "gold_identity_review", "gold_identity_events", "gold_customer_crosswalk")

VALUES_OPTION = click.option(
    "--show-values/--mask-values", default=None,
    help="Show names, addresses and the like as they are, or masked; by default as show_personal_values says.",
)  # fmt: skip


def other_lakehouses(root: str) -> list[str]:
    """``--lakehouse ...`` for the lakehouses of other samples beside this one (:mod:`customer_360.preflight`)."""
    place = Path(root)
    found = sorted(path for path in place.parent.glob(f"{place.name}-*-*") if (path / "Tables").is_dir())
    return [f"--lakehouse {shlex.quote(str(path))}" for path in found]


class LakehouseTables:
    """The lakehouse's tables by the catalog's names, read without an engine."""

    def __init__(self, *, lakehouse: str | None, env: str | None) -> None:
        bootstrap_project(Path.cwd())
        given = only_reading(lakehouse)
        self.option = (
            f" --lakehouse {shlex.quote(lakehouse)}" if lakehouse else ""
        )  # for commands to try next
        with KedroSession.create(project_path=Path.cwd(), env=env, runtime_params=given) as session:
            assert isinstance(session, KedroSession)
            catalog = session.load_context().catalog
            assert isinstance(catalog, DataCatalog)
            self._catalog = catalog
        self.shows_values = shows_personal_values()  # the setting, which the hooks have read by now
        self._versions: dict[str, int] | None = None
        self._published: dict[str, Published] | None = None

    def rows(self, dataset: str, condition: str, *, needed: bool = True) -> list[dict[str, Any]]:
        """Rows of a table that meet an SQL condition.

        Raises:
            ClickException: the table is needed and not there yet.
        """
        from customer_360.datasets import query

        folder = self._folder(dataset)
        sql = f"SELECT * FROM wanted WHERE {condition} LIMIT 1000"  # noqa: S608
        found = query({"wanted": folder}, sql, versions=self._seen())
        if found is None and needed:
            root = folder.rpartition("/Tables/")[0]
            others = "".join(f" {option}" for option in other_lakehouses(root))
            raise click.ClickException(
                f"There is no table {dataset} in {root} yet: kedro run writes it."
                + (f" There are other lakehouses:{others}." if others else "")
            )
        return found or []

    def _seen(self) -> dict[str, int]:
        """The versions that all questions of one command are answered from."""
        from customer_360.datasets import published_versions

        if self._versions is None:
            silver = [f"silver_{source.table}" for source in SOURCES]
            self._versions = published_versions(self._folder(name) for name in (*silver, *_GOLD))
        return self._versions

    def _folder(self, dataset: str) -> str:
        table = self._catalog.get(dataset)
        assert isinstance(table, DeltaTableDataset)
        return table.table_path.removeprefix("file://")

    @property
    def root(self) -> str:
        """Of the lakehouse."""
        return self._folder("gold_customer_360").rpartition("/Tables/")[0]

    def load(self, table: str) -> DataFrame | None:
        """The frame of ``<layer>/<table>`` from the configured engine, which is started first, as it was published.

        None where there is no such table.
        """
        spark_session()
        name = table.replace("/", "_", 1)
        dataset = self._catalog.get(name)
        assert isinstance(dataset, DeltaTableDataset)
        if self._published is None:
            manifest_rows = self._catalog.load("gold_run_manifest").collect()
            self._published = published_tables(row.asDict() for row in manifest_rows)
        if table in self._published:
            dataset.pin(self._published[table].version)
        return dataset.load() if self._catalog.exists(name) else None

    def linking(self) -> LinkingParameters:
        """The configured rules."""
        found = self._catalog.load("params:linking")
        return found if isinstance(found, LinkingParameters) else LinkingParameters.model_validate(found)

    def silver(self, source: str, keys: Sequence[str]) -> list[dict[str, Any]]:
        """Rows of a source's silver table by their keys; none where the table is not there."""
        table = next(item.table for item in SOURCES if item.name == source)
        wanted = ", ".join(literal(key) for key in keys)
        return self.rows(f"silver_{table}", f"source_key IN ({wanted})", needed=False) if keys else []


def any_of(records: Sequence[Mapping[str, Any]], side: str) -> str:
    """An SQL condition: this side of a link is one of the records."""
    pairs = [
        f"({side}_source = {literal(row['source'])} AND {side}_key = {literal(row['source_key'])})"
        for row in records
    ]
    return f"({' OR '.join(pairs)})"
