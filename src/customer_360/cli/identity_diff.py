"""``kedro identity-diff``: what a changed model would do to today's customers, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml
from kedro.framework.cli.utils import _split_params
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

from customer_360.cli.explain_link import SHOWN
from customer_360.cli.tables import VALUES_OPTION
from customer_360.datasets import DeltaTableDataset
from customer_360.engine import Scratch, spark_session
from customer_360.foundation import print_result, protect_console, temporary_folder
from customer_360.lakehouse import published_tables, split_table_path
from customer_360.parameters import only_reading
from customer_360.privacy import shows_personal_values
from customer_360.sources import SOURCES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from customer_360.stewardship import Record, Row

_GROUPS = ("identity", "linking")
_NEEDED = "gold_customer_crosswalk"
_SAYING_NOTHING = ("full_name", "customer_number", "user_key")  # beside the names, or once they are masked


@click.command(name="identity-diff")
@click.option(
    "--params", type=click.UNPROCESSED, default="", callback=_split_params,
    help="What to change, as for kedro run: identity.thresholds.link=0.9",
)  # fmt: skip
@click.option(
    "--model", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file with what to change, in the form of parameters_identity.yml.",
)  # fmt: skip
@click.option(
    "--examples", default=3, show_default=True, type=click.IntRange(0, 50), help="How many of each kind."
)
@VALUES_OPTION
@click.option("--lakehouse", help="Root of the lakehouse, if not the configured one.")
@click.option("--env", "-e", help="Kedro environment.")
def identity_diff(
    *,
    params: dict[str, Any],
    model: Path | None,
    examples: int,
    show_values: bool | None,
    lakehouse: str | None,
    env: str | None,
) -> None:
    """Compare the customers that a changed model would give with today's. Nothing is written.

    The model is the configured one, with what --model, --params or --env change. Masked values show where they
    differ from the first record of their example.
    """
    protect_console()
    given = _merged(_from_file(model), params, only_reading(lakehouse))
    lines = _diff(given, env, examples, show_values)
    print_result(lines)


def _from_file(model: Path | None) -> dict[str, Any]:
    if model is None:
        return {}
    try:
        read = yaml.safe_load(model.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{model} is not valid YAML: {error}") from error
    if not isinstance(read, dict) or not read or set(read) - set(_GROUPS):
        found = ", ".join(map(str, read)) if isinstance(read, dict) and read else "nothing of the kind"
        raise click.ClickException(
            f"{model} must hold what parameters_identity.yml holds, under {' or '.join(_GROUPS)}; it has: {found}."
        )
    return read


def _merged(*given: dict[str, Any]) -> dict[str, Any]:
    """The later counts."""
    from omegaconf import OmegaConf

    merged = OmegaConf.to_container(OmegaConf.merge(*given))
    assert isinstance(merged, dict)
    return {str(name): value for name, value in merged.items()}


def _diff(given: dict[str, Any], env: str | None, each: int, asked: bool | None) -> list[str]:
    bootstrap_project(Path.cwd())
    with KedroSession.create(project_path=Path.cwd(), env=env, runtime_params=given) as session:
        assert isinstance(session, KedroSession)
        context = session.load_context()
        catalog = context.catalog
        assert isinstance(catalog, DataCatalog)
        show_values = shows_personal_values() if asked is None else asked
        spark_session()
        _pin(catalog)
        if not catalog.exists(_NEEDED):
            where = getattr(catalog.get(_NEEDED), "table_path", _NEEDED).removeprefix("file://")
            raise click.ClickException(
                f"There are no customers yet to compare with: no table at {where}. kedro run writes it."
            )
        if context.params["engine"] == "active":  # a cluster does not see this machine's folders
            try:
                return _compare(catalog, catalog.load("identity_scratch"), each, show_values)
            finally:
                catalog.release("identity_scratch")
        with temporary_folder("customer_360-identity-diff-") as folder:
            return _compare(catalog, Scratch(str(folder)), each, show_values)


def _pin(catalog: DataCatalog) -> None:
    """Compare with what the last run that ended well has published, whatever is being written now."""
    found = published_tables(row.asDict() for row in catalog.load("gold_run_manifest").collect())
    silver = [f"silver_{source.table}" for source in SOURCES]
    for name in (*silver, _NEEDED, "gold_identity_decisions", "previous_gold_identity_model"):
        dataset = catalog.get(name)
        assert isinstance(dataset, DeltaTableDataset)
        place = split_table_path(dataset.table_path)
        if place is not None and place[1] in found:
            dataset.pin(found[place[1]].version)


def _compare(catalog: DataCatalog, scratch: Scratch, each: int, show_values: bool) -> list[str]:
    from customer_360.identity import latest_model
    from customer_360.stewardship import (
        clusters_diff,
        count_lines,
        diff_examples,
        diff_members,
        diff_summary,
        dry_run_clusters,
        example_lines,
    )

    silver = {source.name: catalog.load(f"silver_{source.table}") for source in SOURCES}
    identity = catalog.load("params:identity")
    reuse = identity.training.reuse
    clusters = dry_run_clusters(
        silver,
        catalog.load("params:linking"),
        identity,
        decisions=catalog.load("gold_identity_decisions"),
        trained=latest_model(catalog.load("previous_gold_identity_model")) if reuse else None,
        scratch=scratch,
    )
    crosswalk = catalog.load(_NEEDED)
    found = scratch.keep(clusters_diff(crosswalk, clusters), "diff")
    lines = count_lines(
        _rows(diff_summary(found)),
        today=found.where("customer_id IS NOT NULL").count(),
        then=clusters.select("cluster_id").distinct().count(),
    )
    shown = scratch.keep(diff_examples(found, each=each), "examples")
    members = _rows(diff_members(shown, crosswalk, clusters))
    attributes = _attributes(silver, members)
    examples = example_lines(_rows(shown), members, attributes, show_values=show_values)
    return [*lines, *examples, "", "Nothing was written."]


def _rows(frame: DataFrame) -> list[Row]:
    """Counts of kinds, and examples: a few rows."""
    return [row.asDict() for row in frame.collect()]


def _attributes(silver: dict[str, DataFrame], members: Sequence[Row]) -> dict[Record, Row]:
    """What the sources say of a few records."""
    from pyspark.sql import functions as F

    found: dict[Record, Row] = {}
    for source, frame in silver.items():
        keys = [row["source_key"] for row in members if row["source"] == source]
        names = [name for name in SHOWN if name in frame.columns and name not in _SAYING_NOTHING]
        if not keys or not names:
            continue
        texts = [F.col(name).cast("string").alias(name) for name in names]
        for row in frame.where(F.col("source_key").isin(keys)).select("source_key", *texts).collect():
            found[(source, row["source_key"])] = {name: row[name] for name in names}
    return found
